import type { Configuration } from "./configuration.js";

/**
 * For each type and workload the configuration of largest capacity. Where only the number of devices counts this is all
 * that is needed: a device with more capacity at the same cost is never worse.
 */
export function mostCapable(configurations: readonly Configuration[]): Configuration[] {
  const best = new Map<string, Configuration>();
  for (const configuration of configurations) {
    const key = `${configuration.type} ${configuration.workload}`;
    const before = best.get(key);
    if (before === undefined || configuration.use.capacity > before.use.capacity) best.set(key, configuration);
  }
  return [...best.values()];
}

/**
 * Leaves out the configurations whose device another configuration of the same type and workload can always replace:
 * for every number of images that it classifies the other one takes no more of anything. Exact, and most of what makes
 * large tables solvable.
 *
 * A configuration b' needs at most s' = (x − 1)/b' mini-batches after the first one for x images, which is linear in x,
 * so it is enough to compare at the fewest and the most images that b can be used for.
 */
export function undominated(configurations: readonly Configuration[]): Configuration[] {
  const groups = new Map<string, Configuration[]>();
  for (const configuration of configurations) {
    const key = `${configuration.type} ${configuration.workload}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [configuration]);
    else group.push(configuration);
  }
  return [...groups.values()].flatMap(withoutDominated);
}

function withoutDominated(group: readonly Configuration[]): Configuration[] {
  const kept = new Set(group);
  for (const candidate of group) {
    for (const other of kept) {
      if (other === candidate || !dominates(other, candidate)) continue;
      kept.delete(candidate);
      break;
    }
  }
  return [...kept];
}

function dominates(other: Configuration, candidate: Configuration): boolean {
  const { use, powerMw } = candidate;
  const size = use.choice.miniBatchSize;
  const most = size * (use.uses + 1);
  if (other.powerMw > powerMw || furtherFor(other, most) > other.use.uses) return false;
  return (
    neverMore(other.firstCost, other.furtherCost, candidate.firstCost, candidate.furtherCost) &&
    neverMore(other.firstEnergyNj, other.furtherEnergyNj, candidate.firstEnergyNj, candidate.furtherEnergyNj)
  );

  function neverMore(otherFirst: number, otherFurther: number, first: number, further: number): boolean {
    const otherSize = other.use.choice.miniBatchSize;
    const atFewest = otherFirst + otherFurther * furtherFor(other, size) <= first;
    const bound = (images: number) => otherFirst + (otherFurther * (images - 1)) / otherSize;
    const fromSecond =
      use.uses === 0 || (bound(2 * size) <= first + further && bound(most) <= first + use.uses * further);
    return atFewest && fromSecond;
  }
}

/** Mini-batches after the first one that so many images take. */
function furtherFor({ use }: Configuration, images: number): number {
  return Math.ceil(images / use.choice.miniBatchSize) - 1;
}
