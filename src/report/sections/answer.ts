import { counted } from "../../core/counted.js";
import { distinct } from "../../core/distinct.js";
import { listed } from "../../core/listed.js";
import { formatDuration } from "../../core/units.js";
import { importedLines } from "../../dataset/imported-lines.js";
import { isKnown } from "../../fit/unknown-quantity.js";
import { EXAMPLE } from "../../fleet/example-plans.js";
import { datasetFleet } from "../../fleet/fleet.js";
import { planFleet } from "../../fleet/plan-fleet.js";
import type { FeasiblePlan, PlanOutcome } from "../../plan/answer/plan-outcome.js";
import { type Html, paragraph } from "../parts/html-parts.js";
import { orReason, type ReportSource } from "../parts/report-source.js";

const CONFIDENCE = 0.95;
const number = (value: number) => value.toLocaleString("en");

/** Which mini-batch on how many devices, and how sure that is. */
export async function answerSection(source: ReportSource): Promise<Html> {
  const { plans, fits } = source;
  const [first] = fits;
  if (plans === undefined || first === undefined) {
    return paragraph(
      "There is too little of it for a plan: no device has a function of latency and warm-up.",
      "answer",
    );
  }
  const { inputSizePx, type, soft, relaxed, cautions } = plans;
  const time = formatDuration(EXAMPLE.deadlineMs);
  const asked = `${number(EXAMPLE.images)} images of ${inputSizePx} px within ${time}`;
  const sure = await orReason(() => confidentPlan(source, inputSizePx));
  return [
    paragraph(
      soft.status === "infeasible"
        ? `No plan on up to ${EXAMPLE.devices} devices like ${type.name} classifies ${asked}: ${soft.reason}.`
        : `${counted(soft.devices.length, "device")} like ${type.name}, with ${miniBatches(soft)}, ` +
            `${soft.devices.length === 1 ? "classifies" : "classify"} ${asked}: ${predicted(soft)} by mean latencies${proof(soft)}.`,
      "answer",
    ),
    paragraph(sureSentence(sure.value, sure.reason)),
    paragraph(
      relaxed.status === "infeasible"
        ? `One device classifies no image within ${time}: ${relaxed.reason}.`
        : `One device classifies ${number(relaxed.images)} images within ${time}, with ${miniBatches(relaxed)}.`,
    ),
    ...importedLines(first.imported).map((line) => paragraph(`Caution: ${line}`, "caution")),
    ...(isKnown(first.warmup)
      ? []
      : [paragraph("Caution: warm-up is not known, so that devices are taken to start warm", "caution")]),
    ...cautions.map((caution) => paragraph(`Caution: ${caution}`, "caution")),
  ].join("");
}

async function confidentPlan({ folder, fits }: ReportSource, inputSizePx: number): Promise<PlanOutcome> {
  const { provider, threads, concurrent } = fits[0]?.device ?? { provider: "cpu", threads: 1, concurrent: 1 };
  const asked = { count: EXAMPLE.devices, inputSizePx, provider, concurrent, fits };
  const fleet = datasetFleet(folder, { ...asked, ...(threads !== undefined && { threads }) });
  const { images, deadlineMs: timeMs } = EXAMPLE;
  const { outcome } = await planFleet({ fleet, planClass: "soft", images, timeMs, confidence: CONFIDENCE });
  return outcome;
}

function sureSentence(plan: PlanOutcome | undefined, reason: string | undefined): string {
  const sure = `With ${100 * CONFIDENCE} % confidence that all devices together keep the time`;
  if (plan === undefined) return `How sure that is can't be said: ${reason}.`;
  if (plan.status === "infeasible")
    return `${sure} there is no plan on up to ${EXAMPLE.devices} devices: ${plan.reason}.`;
  return `${sure} it takes ${counted(plan.devices.length, "device")}, with ${miniBatches(plan)}.`;
}

function miniBatches({ devices }: FeasiblePlan): string {
  const sizes = distinct(devices.map(({ miniBatchSize }) => miniBatchSize));
  return sizes.length === 1 ? `mini-batches of ${sizes[0]}` : `mini-batches of ${listed(sizes)}`;
}

function predicted({ finishUs }: FeasiblePlan): string {
  return `finished after ${formatDuration(finishUs / 1000)}`;
}

function proof({ proven }: FeasiblePlan): string {
  return proven ? "; no fewer devices do by these times" : "";
}
