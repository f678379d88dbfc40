import { distinct } from "../../core/distinct.js";
import { capLimits } from "../question/cap-limits.js";
import { latestUsefulUs, ruleOf } from "../question/capacity.js";
import type { PlanProblem } from "../question/plan-problem.js";
import { earliestWith } from "./closed-form.js";
import { feasibility } from "./feasibility.js";

/** Deadlines that are looked at, how many may stay undecided, and by how much each is later than the one before. */
const LATER = { uncapped: 2, capped: 1.25, most: 48, mostUndecided: 3 };

/** For so many devices, and for so many types alone, it is looked at when they finish at the earliest. */
const FINISHES = { devices: 8, types: 4 };

/**
 * A later deadline with a plan. Deadlines are tried in steps until one has a plan, then the last step is bisected: to
 * the microsecond, but under a cap to within a thousandth, because there more time is not always better. Where devices
 * are paid until the deadline, a plan may be possible only within a thousandth of the time between two steps, so the
 * times at which few devices finish at the earliest are tried as well. The deadline that is found has a plan; an
 * earlier one might have one, too.
 *
 * @returns undefined if none was found
 */
export async function laterFeasibleUs(problem: PlanProblem): Promise<number | undefined> {
  const { timeUs } = problem;
  if (timeUs === "none") return undefined;
  const capped = capLimits(problem).length > 0;
  const ceilingUs = latestUsefulUs(
    problem.types,
    problem.workloads.map(({ images }) => images),
  );
  let looked = 0;
  let undecided = 0;
  const isOver = () => undecided === LATER.mostUndecided;
  const wouldDo = async (time: number) => {
    const status = await feasibility({ ...problem, timeUs: time });
    if (status === "unknown") undecided++;
    return status === "solved";
  };
  let low = timeUs;
  let high = timeUs;
  do {
    if (high >= ceilingUs || looked++ === LATER.most || isOver()) {
      return capped ? firstThat(wouldDo, finishesUs(problem, timeUs, ceilingUs), isOver) : undefined;
    }
    low = high;
    high = Math.min(ceilingUs, Math.ceil(high * (capped ? LATER.capped : LATER.uncapped)) + 1);
  } while (!(await wouldDo(high)));
  while (high - low > (capped ? Math.max(1, high / 1000) : 1) && !isOver()) {
    const middle = Math.floor((low + high) / 2);
    if (await wouldDo(middle)) high = middle;
    else low = middle;
  }
  return high;
}

async function firstThat(
  wouldDo: (time: number) => Promise<boolean>,
  times: readonly number[],
  isOver: () => boolean,
): Promise<number | undefined> {
  for (const time of times) {
    if (isOver()) return undefined;
    if (await wouldDo(time)) return time;
  }
  return undefined;
}

/** When few devices, of all types or of one, have served the only workload at the earliest: later than the deadline. */
function finishesUs(problem: PlanProblem, timeUs: number, ceilingUs: number): number[] {
  const { types, workloads } = problem;
  const images = Math.max(workloads[0]?.images ?? 0, 1);
  if (workloads.length > 1) return [];
  const groups = [types, ...types.slice(0, FINISHES.types).map((type) => [type])];
  const finishes = groups.flatMap((types) =>
    Array.from({ length: FINISHES.devices }, (_, index) =>
      earliestWith({ types, images, devices: index + 1, rule: ruleOf(problem) }, ceilingUs, timeUs + 1),
    ),
  );
  return distinct(finishes.flatMap((finish) => finish ?? []));
}
