import type { DecisionQuestion } from "../../src/decide/decision-question.js";
import type { DecisionState } from "../../src/decide/next-process.js";
import type { ProcessOutcome } from "../../src/decide/process-outcome.js";

/** Most images in 10 s, or what is given. */
export function question(more: Partial<DecisionQuestion> = {}): DecisionQuestion {
  return {
    ...{ objective: "images", timeMs: 10_000, images: 0, indifference: 0.02 },
    ...{ maxUses: Number.POSITIVE_INFINITY, maxLatencyMs: Number.POSITIVE_INFINITY },
    ...more,
  };
}

/** A process of which a second was spent. */
export function ran(miniBatchSize: number, latencyMs: number, firstMs = latencyMs, pulseMs?: number): ProcessOutcome {
  const measured = { status: "ran", miniBatchSize, latencyMs, firstMs, durationMs: 1000 } as const;
  return { ...measured, ...(pulseMs !== undefined && { pulseMs }) };
}

export function ranOut(miniBatchSize: number): ProcessOutcome {
  return { status: "ran out of memory", miniBatchSize, durationMs: 1000 };
}

/** A question to mini-batch sizes 1 to 16 without an end of the budget, or what is given. */
export function state(outcomes: readonly ProcessOutcome[], more: Partial<DecisionState> = {}): DecisionState {
  return {
    ...{ question: question(), candidates: [1, 2, 4, 8, 16], outcomes, seed: 1 },
    ...{ spentMs: 1000 * outcomes.length, budgetMs: Number.POSITIVE_INFINITY, leastRepeated: 0 },
    ...more,
  };
}

/** Of the logarithms of draws. */
export function logMomentsOf(capacities: Float64Array = new Float64Array()): { mean: number; deviation: number } {
  const logs = Array.from(capacities, Math.log);
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  return { mean, deviation: Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / (logs.length - 1)) };
}
