import { STUDY_SIZE_PX } from "../design/study-size.js";
import type { DeviceFit } from "../fit/device-fit.js";
import { planCautions } from "../fit/law-cautions.js";
import type { PlanOutcome } from "../plan/answer/plan-outcome.js";
import { planRelaxed, planSoft } from "../plan/plan.js";
import type { DeviceType } from "../plan/question/device-type.js";
import { deviceTypeOfFit } from "./measured-work.js";

/** What the two plans are asked for: an example that any machine can solve, and no more than that. */
export const EXAMPLE = { images: 10_000, deadlineMs: 10_000, devices: 32 };

/** Both of the study's questions, answered for devices like a measured one. */
export interface ExamplePlans {
  readonly inputSizePx: number;
  readonly type: DeviceType;
  readonly soft: PlanOutcome;
  /** Of one device. */
  readonly relaxed: PlanOutcome;
  readonly cautions: readonly string[];
}

/**
 * The plans for `EXAMPLE` on devices like a measured one, with mean latencies, at 224 px or else at the first of the
 * sizes.
 */
export function examplePlans(fit: DeviceFit, sizesPx: readonly number[]): ExamplePlans {
  const inputSizePx = sizesPx.includes(STUDY_SIZE_PX) ? STUDY_SIZE_PX : (sizesPx[0] ?? STUDY_SIZE_PX);
  const type = deviceTypeOfFit(fit, inputSizePx, EXAMPLE.devices, { kind: "typical" }, "mean");
  return {
    inputSizePx,
    type,
    soft: planSoft([type], EXAMPLE.images, EXAMPLE.deadlineMs),
    relaxed: planRelaxed([{ ...type, count: 1 }], EXAMPLE.deadlineMs),
    cautions: planCautions(fit, inputSizePx),
  };
}
