import { UserError } from "../../src/core/user-error.js";
import type { ProcessOutcome } from "../../src/decide/process-outcome.js";
import { hasRun } from "../../src/decide/process-outcome.js";
import { confidenceLimit } from "../../src/fit/confidence.js";
import { fitDevice } from "../../src/fit/fit-dataset.js";
import { type FleetQuestion, fleetProblem } from "../../src/fleet/fleet-question.js";
import { deviceTypeOfFit } from "../../src/fleet/measured-work.js";
import { type FleetPlan, settledPlan } from "../../src/fleet/plan-fleet.js";
import { DEVICE, simulatedTrial } from "../../test/fit/simulated-device.js";
import type { ReplayedQuestion } from "./asked.js";
import type { ReplayedDevice } from "./device.js";

export const CONFIDENCE = 0.95;
const SIZE_PX = 224;
/** So many devices there are for most images. */
const DEVICES = 4;
const MOST_DEVICES = 100_000;

/**
 * Whether a plan that promises its times with 95 %, made by the project's own planner from what a method measured,
 * keeps them when new processes execute it.
 *
 * @returns undefined where there is no such plan
 */
export async function isKept(
  { question }: ReplayedQuestion,
  { miniBatchSize, outcomes }: { readonly miniBatchSize: number; readonly outcomes: readonly ProcessOutcome[] },
  executing: ReturnType<ReplayedDevice["execute"]>,
): Promise<boolean | undefined> {
  const processes = outcomes.filter(hasRun).map((process, index) => ({
    ...simulatedTrial(SIZE_PX, process.miniBatchSize, Number.POSITIVE_INFINITY, index + 1),
    ...{ steadyMedianMs: process.latencyMs, firstInferenceMs: process.firstMs, pulseMs: process.pulseMs },
  }));
  const pulses = processes.flatMap(({ trialId, pulseMs }) =>
    pulseMs === undefined
      ? []
      : [{ trialId, pulseBeforeMs: pulseMs, pulseAfterMs: pulseMs, touchUsPerPage: undefined }],
  );
  const fit = fitDevice(DEVICE, undefined, processes, () => [], { pulses });
  if (confidenceLimit(fit).confidence < CONFIDENCE) return undefined;
  const isMost = question.objective === "images";
  const fleet = {
    ...{ workloads: [""], sources: [], measured: true, notes: [], maxConfidence: 1, fewestRuns: 1 },
    ...{ noiseKnown: true, warmupKnown: true },
    types: (basis: Parameters<typeof deviceTypeOfFit>[3]) => [
      deviceTypeOfFit(fit, SIZE_PX, isMost ? DEVICES : MOST_DEVICES, basis),
    ],
  };
  const plan = await planned({
    ...{ fleet, miniBatchSize, timeMs: question.timeMs, confidence: CONFIDENCE },
    ...(isMost ? { planClass: "relaxed" as const } : { planClass: "soft" as const, images: question.images }),
  });
  if (plan === undefined || plan.outcome.status === "infeasible") return undefined;
  return plan.outcome.devices.every(
    ({ furtherMiniBatches, finishUs }) => executing(miniBatchSize, furtherMiniBatches) <= finishUs / 1000,
  );
}

/** @returns undefined where the functions that were fitted to a few processes allow no plan */
async function planned(question: FleetQuestion): Promise<FleetPlan | undefined> {
  try {
    return (await settledPlan(fleetProblem(question))).plan;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
