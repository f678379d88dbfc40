import { Worker } from "node:worker_threads";

/**
 * Keeps so many threads busy until it is told to stop, so that every time limit means less work.
 *
 * @returns stops them
 */
export function keepBusy(threads: number): () => Promise<void> {
  const workers = Array.from({ length: threads }, () => new Worker("for (;;);", { eval: true }));
  return async () => {
    await Promise.all(workers.map((worker) => worker.terminate()));
  };
}
