import { groupBy } from "../../core/group-by.js";
import { furtherFor } from "./capacity.js";
import { billOf, type Configuration } from "./configuration.js";

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
 * Of one type and workload the configurations that are worth using where fractions of devices may be: those with a
 * point on the lower convex hull of cost (or energy) against the images of one device.
 */
export function onLowerHull(group: readonly Configuration[], objective: "cost" | "energy"): Configuration[] {
  const points = group.flatMap((configuration): Point[] => {
    const { schedule } = configuration;
    const size = schedule.choice.miniBatchSize;
    const [first, further] = billOf(configuration, objective);
    return [
      { configuration, images: size, cost: first },
      {
        configuration,
        images: size * (schedule.furtherMiniBatches + 1),
        cost: first + BigInt(schedule.furtherMiniBatches) * further,
      },
    ];
  });
  points.sort((a, b) => a.images - b.images || (a.cost < b.cost ? -1 : a.cost > b.cost ? 1 : 0));
  const hull: Point[] = [];
  for (const point of points) {
    const last = hull.at(-1);
    if (last?.images === point.images) continue;
    while (isAbove(hull.at(-2), hull.at(-1), point)) hull.pop();
    const [only] = hull;
    if (hull.length === 1 && only !== undefined && only.cost >= point.cost) hull.pop();
    hull.push(point);
  }
  return [...new Set(hull.map(({ configuration }) => configuration))];
}

interface Point {
  readonly configuration: Configuration;
  readonly images: number;
  readonly cost: bigint;
}

/** Whether the middle one of three points lies on or above the line between the others. */
function isAbove(left: Point | undefined, middle: Point | undefined, right: Point): boolean {
  if (left === undefined || middle === undefined) return false;
  return (
    (middle.cost - left.cost) * BigInt(right.images - left.images) >=
    (right.cost - left.cost) * BigInt(middle.images - left.images)
  );
}

/** In a group larger than this, each configuration is compared with so many others that take little for many images. */
const COMPARED = 64;

function withoutDominated(group: readonly Configuration[]): Configuration[] {
  const kept = new Set(group);
  const others = group.length <= COMPARED ? group : promising(group);
  for (const candidate of group) {
    const better = others.find((other) => other !== candidate && kept.has(other) && dominates(other, candidate));
    if (better !== undefined) kept.delete(candidate);
  }
  return [...kept];
}

function promising(group: readonly Configuration[]): Configuration[] {
  const perImage = (configuration: Configuration) => {
    const { furtherCost, furtherEnergyNj, firstCost, firstEnergyNj, schedule } = configuration;
    const images = schedule.choice.miniBatchSize * (schedule.furtherMiniBatches + 1);
    return {
      cost: Number(firstCost + BigInt(schedule.furtherMiniBatches) * furtherCost) / images,
      energy: Number(firstEnergyNj + BigInt(schedule.furtherMiniBatches) * furtherEnergyNj) / images,
    };
  };
  const rated = group.map((configuration) => ({ configuration, ...perImage(configuration) }));
  const byCost = rated.toSorted((a, b) => a.cost - b.cost).slice(0, COMPARED / 2);
  const byEnergy = rated.toSorted((a, b) => a.energy - b.energy).slice(0, COMPARED / 2);
  return [...new Set([...byCost, ...byEnergy])].map(({ configuration }) => configuration);
}

function dominates(other: Configuration, candidate: Configuration): boolean {
  const { schedule, powerMw } = candidate;
  const size = schedule.choice.miniBatchSize;
  const most = size * (schedule.furtherMiniBatches + 1);
  const otherSize = other.schedule.choice.miniBatchSize;
  if (other.powerMw > powerMw || furtherFor(most, otherSize) > other.schedule.furtherMiniBatches) return false;
  return (
    neverMore(other.firstCost, other.furtherCost, candidate.firstCost, candidate.furtherCost) &&
    neverMore(other.firstEnergyNj, other.furtherEnergyNj, candidate.firstEnergyNj, candidate.furtherEnergyNj)
  );

  function neverMore(otherFirst: bigint, otherFurther: bigint, first: bigint, further: bigint): boolean {
    const atFewest = otherFirst + otherFurther * BigInt(furtherFor(size, otherSize)) <= first;
    // otherFirst + otherFurther · (images − 1) / otherSize ≤ bill
    const isWithin = (images: number, bill: bigint) =>
      otherFurther * BigInt(images - 1) <= (bill - otherFirst) * BigInt(otherSize);
    const fromSecond =
      schedule.furtherMiniBatches === 0 ||
      (isWithin(2 * size, first + further) && isWithin(most, first + BigInt(schedule.furtherMiniBatches) * further));
    return atFewest && fromSecond;
  }
}
