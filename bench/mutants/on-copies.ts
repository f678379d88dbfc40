import type { ProjectCopy } from "./project-copy.js";

/** Each item on a copy that is free, in order; after an error no further one is begun. */
export async function onCopies<T>(
  copies: readonly ProjectCopy[],
  items: readonly T[],
  act: (copy: ProjectCopy, item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const work = async (copy: ProjectCopy) => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      try {
        await act(copy, item);
      } catch (error) {
        queue.length = 0;
        throw error;
      }
    }
  };
  await Promise.all(copies.map(work));
}
