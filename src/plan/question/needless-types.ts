import type { Configuration } from "./configuration.js";
import type { PlanProblem } from "./plan-problem.js";

/**
 * Where only the number of devices counts and one workload is served: the columns without those that no plan needs,
 * because there are enough devices that cost no more and classify no less.
 *
 * Exact. Take a best plan from which no device can be left out. If it uses a device of capacity c, fewer than ⌈N/c⌉ of
 * the devices that are as cheap and as capable can be in it, or it could do without that device. So if there are that
 * many, one of them is unused and can stand in its place. In the order by price and capacity this comes to an end.
 */
export function withoutNeedless(problem: PlanProblem, columns: readonly Configuration[]): readonly Configuration[] {
  const { types, workloads, objective } = problem;
  const [workload, second] = workloads;
  if (workload === undefined || second !== undefined || objective === "images") return columns;
  const images = Math.max(1, workload.images); // a plan uses a device
  const order = columns.toSorted((a, b) => {
    if (a.firstCost !== b.firstCost) return a.firstCost < b.firstCost ? -1 : 1;
    return b.schedule.capacity - a.schedule.capacity || a.type - b.type;
  });
  const ranks = new Map(
    [...new Set(columns.map(({ schedule }) => schedule.capacity))]
      .sort((a, b) => b - a)
      .map((capacity, rank) => [capacity, rank]),
  );
  const seen = countsByRank(ranks.size);
  const needed = new Set<Configuration>();
  for (const column of order) {
    const { capacity } = column.schedule;
    const rank = ranks.get(capacity) ?? 0;
    if (seen.upTo(rank) < Math.ceil(images / capacity)) needed.add(column);
    seen.add(rank, types[column.type]?.count ?? 0);
  }
  return columns.filter((column) => needed.has(column));
}

/** Sums of counts over the ranks up to one, in logarithmic time (a Fenwick tree). */
function countsByRank(ranks: number) {
  const sums = new Float64Array(ranks + 1);
  return {
    add(rank: number, count: number): void {
      for (let at = rank + 1; at <= ranks; at += at & -at) sums[at] = (sums[at] ?? 0) + count;
    },
    upTo(rank: number): number {
      let sum = 0;
      for (let at = rank + 1; at > 0; at -= at & -at) sum += sums[at] ?? 0;
      return sum;
    },
  };
}
