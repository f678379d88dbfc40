import { groupBy } from "../core/group-by.js";
import type { Configuration } from "./configuration.js";

/**
 * Leaves out the configurations whose device another configuration of the same type and workload can always replace:
 * for every number of images that it classifies the other one takes no more of anything. Exact, and most of what makes
 * large tables solvable.
 *
 * A configuration b' needs at most s' = (x − 1)/b' mini-batches after the first one for x images, which is linear in x,
 * so it is enough to compare at the fewest and the most images that b can be used for.
 */
export function undominated(configurations: readonly Configuration[]): Configuration[] {
  return [...byTypeAndWorkload(configurations).values()].flatMap(withoutDominated);
}

/** Configurations by their type and workload. */
export function byTypeAndWorkload(configurations: readonly Configuration[]): Map<string, Configuration[]> {
  return groupBy(configurations, ({ type, workload }) => `${type}_${workload}`);
}

/**
 * Of one type and workload the configurations that are worth using where fractions of devices may be: those with a point
 * on the lower convex hull of cost (or energy) against the images of one device.
 */
export function onLowerHull(group: readonly Configuration[], objective: "cost" | "energy"): Configuration[] {
  const points = group.flatMap((configuration) => {
    const { firstCost, furtherCost, firstEnergyNj, furtherEnergyNj, use } = configuration;
    const size = use.choice.miniBatchSize;
    const [first, further] = objective === "cost" ? [firstCost, furtherCost] : [firstEnergyNj, furtherEnergyNj];
    return [
      { configuration, images: size, cost: first },
      { configuration, images: size * (use.uses + 1), cost: first + use.uses * further },
    ];
  });
  points.sort((a, b) => a.images - b.images || a.cost - b.cost);
  const hull: typeof points = [];
  for (const point of points) {
    if (hull.at(-1)?.images === point.images) continue;
    while (isAbove(hull.at(-2), hull.at(-1), point)) hull.pop();
    if (hull.length === 1 && (hull[0]?.cost ?? 0) >= point.cost) hull.pop();
    hull.push(point);
  }
  return [...new Set(hull.map(({ configuration }) => configuration))];
}

type Point = { readonly images: number; readonly cost: number };

/** Whether the middle one of three points lies on or above the line between the others. */
function isAbove(left: Point | undefined, middle: Point | undefined, right: Point): boolean {
  if (left === undefined || middle === undefined) return false;
  return (
    (middle.cost - left.cost) * (right.images - left.images) >= (right.cost - left.cost) * (middle.images - left.images)
  );
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
