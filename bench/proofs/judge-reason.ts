import { parseDurationMs } from "../../src/core/units.js";
import type { Caps, PlanProblem } from "../../src/plan/question/plan-problem.js";
import { allowedUs, type Criterion } from "./device-uses.js";
import { bestValue } from "./exhaustive.js";
import { isPossible, leastAsked, mostOf } from "./possible.js";

/** Numbers of a reason are printed with six digits or more: wrong by five in the seventh at most. */
const PRINTED = 5.001e-6;
const CAPS = { cost: "cost", energy: "energyJ", power: "powerW" } as const;
const UNITS: Readonly<Record<string, number>> = { cost: 3.6e15, energy: 1e9, power: 1e3 };

type Judge = (problem: PlanProblem, parts: readonly (string | undefined)[]) => string[];

/** What a reason can say, and what has to be true of it. */
const REASONS: readonly (readonly [RegExp, Judge])[] = [
  [/^memory: not even one image(?: of (.+))? fits a device$/, judgeMemory],
  [/^time: the fastest first inference(?: of (.+))? takes (.+), (.+) more than (.+)$/, judgeFirst],
  [
    /^capacity: all devices together classify (\d+) images?(?: of (.+?))?(?: in (.+?))?, (\d+) fewer than (\d+)$/,
    judgeMost,
  ],
  [
    /^capacity: the devices can serve each workload(?: with images)?(?: in (.+?))?, but not all (\d+) of them$/,
    judgeTogether,
  ],
  [/^sizes: no plan with at most (\d+) mini-batch sizes? does it(?: in (.+?))?, one with more sizes does$/, judgeSizes],
  [/^mini-batch size: no device runs (\d+) images?(?: of (.+))? at once$/, judgeGivenSize],
  [/^(cost|energy|power): the least is (\S+?)(?: [JW])?, allowed (?:are|is) (\S+?)(?: [JW])?$/, judgeLeast],
  [/^(?:together, )?(.+ at most .+) leaves? no plan$/, judgeCaps],
];

/** What is not true in the reason why a question has no plan. */
export function judgeReason(problem: PlanProblem, reason: string): string[] {
  for (const [pattern, judge] of REASONS) {
    const match = pattern.exec(reason);
    if (match !== null) return judge(problem, match.slice(1));
  }
  return ["reason not understood"];
}

/** The place of a workload that a reason names; where it names none there is but one. */
function place({ workloads }: PlanProblem, name: string | undefined): number {
  return name === undefined ? 0 : workloads.findIndex((workload) => workload.name === name);
}

function firstsOf({ types, miniBatchSize }: PlanProblem, workload: number, anySize = false): number[] {
  const choices = types.flatMap((type) => type.choices[workload] ?? []);
  const allowed = choices.filter(
    (choice) => anySize || (miniBatchSize ?? choice.miniBatchSize) === choice.miniBatchSize,
  );
  return allowed.map(({ warmupUs }) => warmupUs);
}

function judgeMemory(problem: PlanProblem, [name]: readonly (string | undefined)[]): string[] {
  return firstsOf(problem, place(problem, name), true).length === 0 ? [] : ["something fits a device"];
}

function judgeFirst(problem: PlanProblem, [name, takes, more, time]: readonly (string | undefined)[]): string[] {
  const fastestUs = Math.min(...firstsOf(problem, place(problem, name)));
  const timeUs = allowedUs(problem);
  return [
    ...differs("fastest first inference", msOf(takes), fastestUs / 1000),
    ...differs("more", msOf(more), (fastestUs - timeUs) / 1000),
    ...differs("time", msOf(time), timeUs / 1000),
    ...(fastestUs > timeUs ? [] : ["a first inference is in time"]),
  ];
}

function judgeMost(problem: PlanProblem, [most, name, time, fewer, wanted]: readonly (string | undefined)[]): string[] {
  const workload = place(problem, name);
  const images = Math.max(1, problem.workloads[workload]?.images ?? 0);
  const { timeUs } = problem;
  const firsts = firstsOf(problem, workload);
  const counted = mostOf(problem, workload);
  return [
    ...(Number(most) === counted ? [] : [`most ${most}, right is ${counted}`]),
    ...(Number(wanted) === images ? [] : [`wanted ${wanted}, right is ${images}`]),
    ...(Number(fewer) === images - counted && counted < images ? [] : [`${fewer} fewer, right is ${images - counted}`]),
    ...differs("time", msOf(time), timeUs === "none" ? undefined : timeUs / 1000),
    ...(firsts.length > 0 && Math.min(...firsts) > allowedUs(problem) ? ["it is the time that fails"] : []),
    ...(firstsOf(problem, workload, true).length === 0 ? ["it is the memory that fails"] : []),
  ];
}

function judgeTogether(problem: PlanProblem, [time, count]: readonly (string | undefined)[]): string[] {
  const { caps: _, maxSizes: __, ...free } = problem;
  const { workloads, timeUs } = problem;
  const short = workloads.filter(({ images }, workload) => mostOf(problem, workload) < images);
  return [
    ...differs("workloads", count, workloads.filter(({ images }) => images > 0).length),
    ...differs("time", msOf(time), timeUs === "none" ? undefined : timeUs / 1000),
    ...short.map(({ name }) => `${name} alone can't be served`),
    ...(isPossible(free) ? ["without caps and with any sizes all of them can be served"] : []),
  ];
}

function judgeGivenSize(problem: PlanProblem, [size, name]: readonly (string | undefined)[]): string[] {
  return [
    ...differs("mini-batch size", size, problem.miniBatchSize),
    ...(firstsOf(problem, place(problem, name)).length === 0 ? [] : ["a device has this size"]),
  ];
}

function judgeSizes(problem: PlanProblem, [sizes, time]: readonly (string | undefined)[]): string[] {
  const { caps: _, ...uncapped } = problem;
  const { maxSizes: __, ...free } = uncapped;
  const { timeUs } = problem;
  return [
    ...differs("sizes", sizes, problem.maxSizes),
    ...differs("time", msOf(time), timeUs === "none" ? undefined : timeUs / 1000),
    ...(isPossible(free) ? [] : ["with any sizes there is no plan either"]),
    ...(isPossible(uncapped) ? ["without caps there is a plan with so few sizes"] : []),
  ];
}

function judgeLeast(problem: PlanProblem, [name = "", least, allowed]: readonly (string | undefined)[]): string[] {
  const criterion = name as keyof typeof CAPS;
  const { caps, ...uncapped } = problem;
  // The search takes any criterion for its objective, the power as well.
  const objective = criterion as Criterion & PlanProblem["objective"];
  const values = leastAsked(uncapped).flatMap((asked) => bestValue({ ...asked, objective }) ?? []);
  const best = values.reduce<bigint | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined);
  return [
    ...(best === undefined ? ["without caps there is no plan either"] : []),
    ...differs("least", least, Number(best ?? 0n) / (UNITS[name] ?? 1)),
    ...differs("allowed", allowed, caps?.[CAPS[criterion]], 1 / (UNITS[name] ?? 1)),
  ];
}

function judgeCaps(problem: PlanProblem, [list = ""]: readonly (string | undefined)[]): string[] {
  const { caps = {}, ...uncapped } = problem;
  const said: Caps = Object.fromEntries(
    list.split(/ and |, /).flatMap((part) => {
      const name = /^(cost|energy|power) at most/.exec(part)?.[1] as keyof typeof CAPS | undefined;
      return name === undefined ? [] : [[CAPS[name], caps[CAPS[name]]]];
    }),
  );
  const wrong = list.split(/ and |, /).flatMap((part) => {
    const [, name = "", value] = /^(\w+) at most (\S+)/.exec(part) ?? [];
    return differs(`cap of ${name}`, value, caps[CAPS[name as keyof typeof CAPS]], 1 / (UNITS[name] ?? 1));
  });
  return [
    ...wrong,
    ...(isPossible(uncapped) ? [] : ["without caps there is no plan either"]),
    ...(isPossible({ ...uncapped, caps: said }) ? ["under these caps alone there is a plan"] : []),
  ];
}

/** A number that is printed, and what is right but for whole units; nothing printed is nothing wrong. */
function differs(what: string, printed: string | undefined, right: number | undefined, unit = 0): string[] {
  if (printed === undefined) return [];
  const close = right !== undefined && Math.abs(Number(printed) - right) <= PRINTED * Math.abs(right) + unit;
  return close ? [] : [`${what} ${printed}, right is ${right}`];
}

/** The milliseconds of a time in a reason. */
function msOf(time: string | undefined): string | undefined {
  return time === undefined ? undefined : `${parseDurationMs(time)}`;
}
