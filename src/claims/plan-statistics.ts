import { formatDuration } from "../core/units.js";
import type { DeviceFit } from "../fit/device-fit.js";
import { deviceTypeOfFit } from "../fleet/measured-work.js";
import { measurePlan } from "../plan/answer/measure-plan.js";
import { type FeasiblePlan, objectiveOfPlan, type PlanOutcome, UNNAMED_WORKLOAD } from "../plan/answer/plan-outcome.js";
import { planRelaxed, planSoft } from "../plan/plan.js";
import { compactFormulation } from "../plan/program/compact-formulation.js";
import { type IntegerProgram, objectiveOf, violatedRow, wholeValues } from "../plan/program/integer-program.js";
import { configurationsOf } from "../plan/question/configuration.js";
import { microsecondsDown } from "../plan/question/device-type.js";
import type { PlanProblem } from "../plan/question/plan-problem.js";
import { SOLVER_NAMES } from "../plan/solve/solver.js";
import { solveInThread } from "../plan/solve/solver-thread.js";
import { exactStatistic, type StatisticFunction } from "./statistic.js";

/** What the plans are asked for: a time of so many steady mini-batches, on so many devices. */
const MINI_BATCHES = 20;
const DEVICES = 4;
/** For each solver and question; they take some 50 ms. */
const LIMIT_MS = 1000;

/** What is judged: the two models' planning functions. */
export interface Planner {
  relaxed: typeof planRelaxed;
  soft: typeof planSoft;
}

/** What the solvers say of one plan, or of all plans of one input size. */
type Judgement = "optimal" | "wrong" | "not judged";

/**
 * The share of measured input sizes at which both models' plans are optimal, as judged by solvers that are not the
 * planner. They are given the question as an integer program with every mini-batch size in it.
 */
export const plansProvenOptimal: StatisticFunction = judgedBySolvers({ relaxed: planRelaxed, soft: planSoft });

/** The same of any planner. */
export function judgedBySolvers(planner: Planner, limitMs = LIMIT_MS): StatisticFunction {
  return async ({ fit }) => {
    const sizes: Record<Judgement, number[]> = { optimal: [], wrong: [], "not judged": [] };
    for (const size of fit.measuredMiniBatches.keys()) sizes[await judgeSize(planner, fit, size, limitMs)].push(size);
    const [optimal, wrong, notJudged] = [sizes.optimal, sizes.wrong, sizes["not judged"]];
    const all = optimal.length + wrong.length + notJudged.length;
    const listed = (what: string, of: readonly number[]) => (of.length === 0 ? "" : `; ${what} at ${of.join(", ")} px`);
    const left = listed(`not judged, because no solver came to an end in ${formatDuration(limitMs)},`, notJudged);
    if (notJudged.length === all) return { value: undefined, reason: `0 of ${all} input sizes${left}` };
    const detail = `${optimal.length} of ${all} input sizes, ${DEVICES} devices, judged by ${SOLVER_NAMES.join(" and ")}`;
    return {
      ...exactStatistic(
        optimal.length / all,
        `${detail}${listed("none or a worse one than a solver's", wrong)}${left}`,
      ),
      interval: { low: optimal.length / all, high: (optimal.length + notJudged.length) / all },
    };
  };
}

async function judgeSize(planner: Planner, fit: DeviceFit, size: number, limitMs: number): Promise<Judgement> {
  const type = deviceTypeOfFit(fit, size, DEVICES);
  const [smallest, largest] = [type.choices[0]?.at(0), type.choices[0]?.at(-1)];
  if (smallest === undefined || largest === undefined) return "wrong"; // there is no plan
  const timeMs = (smallest.warmupUs + MINI_BATCHES * largest.latencyUs) / 1000;
  const problem = { types: [type], timeUs: microsecondsDown(timeMs) };
  const relaxed = planner.relaxed([type], timeMs);
  const ofRelaxed = await judgePlan(
    { ...problem, objective: "images", workloads: [{ name: UNNAMED_WORKLOAD, images: 0 }] },
    relaxed,
    limitMs,
  );
  if (ofRelaxed === "wrong" || relaxed.status === "infeasible") return ofRelaxed;
  const images = Math.ceil(relaxed.images / 2);
  const ofSoft = await judgePlan(
    { ...problem, objective: "devices", workloads: [{ name: UNNAMED_WORKLOAD, images }] },
    planner.soft([type], images, timeMs),
    limitMs,
  );
  return ofSoft === "optimal" ? ofRelaxed : ofSoft;
}

/** A plan is optimal if it keeps its promise, no solver has a better answer, and one calls an equal answer optimal. */
async function judgePlan(problem: PlanProblem, plan: PlanOutcome, limitMs: number): Promise<Judgement> {
  if (plan.status !== "infeasible" && !keepsItsPromise(problem, plan)) return "wrong";
  const { program } = compactFormulation(problem, configurationsOf(problem));
  const answers = await Promise.all(SOLVER_NAMES.map((name) => checkedAnswer(name, program, limitMs)));
  const found = answers.filter((answer) => answer !== undefined);
  const sign = program.direction === "max" ? 1 : -1;
  if (plan.status === "infeasible") {
    return found.some(({ objective }) => problem.objective === "devices" || objective > 0) ? "wrong" : "not judged";
  }
  const value = objectiveOfPlan(plan, problem.objective);
  if (found.some(({ objective }) => sign * (objective - value) > 0)) return "wrong";
  return found.some(({ objective, optimal }) => optimal && objective === value) ? "optimal" : "not judged";
}

/** Whether the devices do in time, in exact arithmetic, what the plan says that they do. */
function keepsItsPromise(problem: PlanProblem, { devices, images }: FeasiblePlan): boolean {
  try {
    return measurePlan(problem, devices).images === images;
  } catch {
    return false;
  }
}

/** A solver's answer; undefined if its values are not whole or violate a row. */
async function checkedAnswer(name: (typeof SOLVER_NAMES)[number], program: IntegerProgram, limitMs: number) {
  const claim = await solveInThread(name, program, limitMs);
  const values = claim.values && wholeValues(program, claim.values);
  if (values === undefined || violatedRow(program, values) !== undefined) return undefined;
  return { objective: Number(objectiveOf(program, values)), optimal: claim.status === "optimal" };
}
