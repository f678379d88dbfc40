import { counted } from "../core/counted.js";
import type { Comparison } from "./compare-datasets.js";
import type { QuantityRatios } from "./compare-quantity.js";
import type { LikelyCauses } from "./likely-causes.js";
import { type ComparedQuantity, isDifference, type JudgedRatio } from "./verdict.js";

/** The likely reasons why times differ, as far as they are recorded, one sentence each. */
export function causeSentences({ quantities, causes }: Pick<Comparison, "quantities" | "causes">): string[] {
  if (causes === undefined) return [];
  if ("reason" in causes) return [`why times differ can't be told: ${causes.reason}`];
  const overallOf = (wanted: ComparedQuantity) => quantities.find(({ quantity }) => quantity === wanted)?.overall;
  const [latency, warmup] = [overallOf("latency_ms"), overallOf("warmup_ms")];
  const steadyDiffer = latency !== undefined && isDifference(latency.verdict);
  return [
    ...(steadyDiffer ? pulseSentence(latency.ratio, causes) : []),
    ...(steadyDiffer ? steadySentence(latency.ratio, causes) : []),
    ...(differFrom(latency, warmup) ? firstSentence(causes) : []),
  ];
}

/** Whether the intervals of two ratios do not meet. */
function differFrom(one: QuantityRatios["overall"] | undefined, other: QuantityRatios["overall"] | undefined): boolean {
  if (one?.interval === undefined || other?.interval === undefined) return false;
  return one.interval.high < other.interval.low || other.interval.high < one.interval.low;
}

/** A machine whose pulse is within this of the other's was as fast. */
const AS_FAST = 0.05;

/** How fast the machine itself was, whatever the model: how much of a difference is left beside it. */
function pulseSentence(ratio: JudgedRatio["ratio"], { pulseMs }: LikelyCauses): string[] {
  if (pulseMs === undefined) return [];
  const { a, b } = pulseMs;
  const seen = `the same small inference took ${a.toPrecision(3)} ms around A's trials, ${b.toPrecision(3)} ms around B's`;
  if (Math.abs(Math.log(b / a)) <= Math.log1p(AS_FAST)) return [`the device itself was as fast in both: ${seen}`];
  const left = (ratio * a) / b;
  return [
    `the device itself was ${b > a ? "slower" : "faster"} in B: ${seen}; beside that B takes ${left.toFixed(2)} times as long`,
  ];
}

/** Time is cores times how long they are busy: a process that keeps fewer busy waits for them. */
function steadySentence(ratio: JudgedRatio["ratio"], { busyCores }: LikelyCauses): string[] {
  if (busyCores === undefined) return [];
  const { a, b, cells } = busyCores;
  const cpuTime = (ratio * b) / a;
  const seen = `the process keeps ${a.toFixed(2)} cores busy in A and ${b.toFixed(2)} in B (medians over ${counted(cells, "cell")})`;
  return [
    Math.abs(Math.log(cpuTime)) > Math.abs(Math.log(b / a))
      ? `steady inferences differ because the same work takes ${cpuTime.toFixed(2)} times the CPU time in B: cores or memory are ${cpuTime < 1 ? "faster there" : "slower there, or shared with others"}: ${seen}`
      : `steady inferences differ because ${b < a ? "fewer" : "more"} cores work on them in B, by threads, limits or other load: ${seen}`,
  ];
}

/** First inferences differ otherwise than steady ones: more memory is touched, or a page of it is dearer. */
function firstSentence({ faults, usPerFault }: LikelyCauses): string[] {
  const differ = "first inferences differ otherwise than steady ones";
  if (faults === undefined || usPerFault === undefined) {
    return [`${differ}; why can't be told: no page faults of CPUs are recorded in both, or too few`];
  }
  const ratio = faults.b / faults.a;
  const [costA, costB] = [usPerFault.a, usPerFault.b];
  const byPrice = costA > 0 && costB > 0 && Math.abs(Math.log(costB / costA)) > Math.abs(Math.log(ratio));
  const reading = byPrice
    ? `likely because memory that is touched for the first time costs ${costB < costA ? "less" : "more"} in B`
    : `likely because they touch ${ratio < 1 ? "less" : "more"} memory for the first time in B`;
  return [
    `${differ}, ${reading}: they take ${ratio.toFixed(2)} times as many page faults as in A, and what they have beyond a ` +
      `steady inference is ${costA.toFixed(1)} µs a fault in A, ${costB.toFixed(1)} µs in B ` +
      `(medians over ${counted(faults.cells, "cell")})`,
  ];
}
