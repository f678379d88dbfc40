import { compareHalves, halvesSentence } from "../../compare/compare-halves.js";
import { overallRatioTable } from "../../compare/comparison-tables.js";
import { counted } from "../../core/counted.js";
import type { TrialRow } from "../../dataset/tables.js";
import { cautionSentence, trialCautions } from "../../dataset/trial-cautions.js";
import { deviceName } from "../../design/design.js";
import { lackOfFitLines } from "../../fit/fit-tables.js";
import { hostNotes } from "../../fit/host-notes.js";
import { lawCautions } from "../../fit/law-cautions.js";
import { adviceLines, machineLines, noiseTable, spellLines } from "../../fit/noise-tables.js";
import { quantityName } from "../../fit/quantity-name.js";
import { dataTable, type Html, heading, list, paragraph } from "../parts/html-parts.js";
import { orReason, type ReportSource } from "../parts/report-source.js";

/** How far the data, the functions and the plans go. */
export async function trustSection({ analysis, fits }: ReportSource): Promise<Html> {
  const halves = new Map<string, Html>();
  for (const { device } of fits)
    halves.set(deviceName(device), await halvesPart(analysis.trials(), deviceName(device)));
  const cautions = trialCautions(analysis.trials());
  return [
    paragraph(`${cautionSentence(cautions) ?? `None of ${counted(cautions.trials, "trial")} has a caution`}.`),
    ...fits.map((fit) => {
      const noise = fit.noise();
      const ofLaws = lawCautions(fit).map(({ message }) => message);
      const misfit = [fit.latency, fit.warmup, fit.memory].flatMap((quantity) =>
        lackOfFitLines(quantity).map((line) => `${quantityName(quantity.quantity)}: ${line}`),
      );
      return [
        heading(3, deviceName(fit.device)),
        ofLaws.length === 0
          ? paragraph("Noise and errors of its functions are within what plans bear.")
          : list(ofLaws.map((caution) => `Caution: ${caution}`)),
        dataTable(noiseTable(noise), `Noise of ${deviceName(fit.device)} by its levels, relative`),
        list([
          ...adviceLines(noise),
          ...machineLines(noise),
          ...spellLines(fit.spells()),
          ...hostNotes(fit),
          ...misfit,
        ]),
        halves.get(deviceName(fit.device)) ?? "",
      ].join("");
    }),
  ].join("");
}

/** A device held against itself. */
async function halvesPart(trials: readonly TrialRow[], device: string): Promise<Html> {
  const { value, reason } = await orReason(() => compareHalves(trials.filter((trial) => deviceName(trial) === device)));
  if (value === undefined) return paragraph(`Not held against itself (A/A): ${reason}.`);
  return (
    paragraph(halvesSentence(value)) +
    dataTable(
      overallRatioTable({ quantities: value }),
      `A/A of ${device}: A is the earlier half of each cell's trials, B the later one`,
    )
  );
}
