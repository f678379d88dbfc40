import { UserError } from "../../src/core/user-error.js";
import type { PlanGoal } from "../../src/decide/plan-chooser.js";
import { type Design, deviceName } from "../../src/design/design.js";
import { STUDY_SIZE_PX } from "../../src/design/study-size.js";
import { trialsFor } from "../../src/fit/confidence.js";
import { parseInteger } from "../arguments.js";
import type { AskedPlan } from "./plan-words.js";

/**
 * A plan's question as what a sweep of a design decides.
 *
 * @throws UserError if the design does not have its input size or its device
 */
export function planGoalOf(
  design: Design,
  { asked, text }: { readonly asked: AskedPlan; readonly text: string },
  { indifference, budgetMs }: { readonly indifference: number; readonly budgetMs: number },
): PlanGoal {
  const { question, flags, devices } = asked;
  const inputSizePx = flags.size === undefined ? STUDY_SIZE_PX : parseInteger("--size", flags.size);
  if (!design.input_sizes_px.includes(inputSizePx)) {
    throw new UserError(
      `--until: --size ${inputSizePx}: design ${design.name} does not have it, allowed are ${design.input_sizes_px.join(", ")}`,
    );
  }
  return {
    text,
    inputSizePx,
    device: deviceOf(design, flags),
    start: question.start ?? "loaded",
    devices,
    budgetMs,
    leastRepeated: question.confidence === undefined ? 0 : trialsFor(question.confidence),
    question: {
      objective: asked.planClass === "relaxed" ? "images" : "devices",
      timeMs: question.timeMs ?? Number.POSITIVE_INFINITY,
      images: Object.values(question.images ?? {}).reduce((sum: number, images: number) => sum + images, 0),
      maxUses: flags.maxUses === undefined ? Number.POSITIVE_INFINITY : parseInteger("--max-uses", flags.maxUses),
      maxLatencyMs: (question.maxLatency?.limitUs ?? Number.POSITIVE_INFINITY) / 1000,
      indifference,
    },
  };
}

/** The first device of a design that is as the question wants it, which is that of the plan, too. */
function deviceOf(design: Design, { provider, threads, concurrent }: AskedPlan["flags"]) {
  const device = design.devices.find(
    (candidate) =>
      (provider === undefined || candidate.provider === provider) &&
      (threads === undefined || candidate.threads === parseInteger("--threads", threads)) &&
      (concurrent === undefined || candidate.concurrent === parseInteger("--concurrent", concurrent)),
  );
  if (device !== undefined) return device;
  throw new UserError(
    `--until: design ${design.name} has no such device, allowed are ${design.devices.map(deviceName).join(", ")}`,
  );
}
