import { seededRandom } from "../../src/core/seeded-random.js";
import type { Mutant } from "./mutant.js";

/**
 * Mutants in a seeded random order. A folder's share is in proportion to its lines that could hold a mistake; within a
 * folder a mutant's chance is in proportion to its weight (Efraimidis and Spirakis, 2006: sorted by u^(1/weight)). The
 * first 60 of a seed are the first 60 of 200, and a change in one file leaves the order within others.
 */
export function* drawMutants(mutants: readonly Mutant[], seed: number): Generator<Mutant> {
  const folders = new Map<string, { lines: Set<string>; keyed: { key: number; mutant: Mutant }[] }>();
  const randoms = new Map<string, () => number>();
  for (const mutant of mutants) {
    const { folder, file, place, weight } = mutant;
    const uniform = randoms.get(file) ?? seededRandom(seed, file).uniform;
    randoms.set(file, uniform);
    const group = folders.get(folder) ?? { lines: new Set(), keyed: [] };
    folders.set(folder, group);
    group.lines.add(place);
    group.keyed.push({ key: uniform() ** (1 / weight), mutant });
  }
  const groups = [...folders.values()].map(({ lines, keyed }) => ({
    lines: lines.size,
    rest: keyed.sort((a, b) => a.key - b.key).map(({ mutant }) => mutant), // the largest key last, where pop() takes it
  }));
  const lots = seededRandom(seed, "folders");
  while (groups.length > 0) {
    let lot = lots.uniform() * groups.reduce((sum, { lines }) => sum + lines, 0);
    let place = 0;
    for (; place < groups.length - 1; place++) {
      lot -= groups[place]?.lines ?? 0;
      if (lot < 0) break;
    }
    const mutant = groups[place]?.rest.pop();
    if (mutant === undefined) groups.splice(place, 1);
    else yield mutant;
  }
}
