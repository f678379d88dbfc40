import { counted } from "../../core/counted.js";
import { cautionSentence, trialCautions } from "../../dataset/trial-cautions.js";
import { deviceName } from "../../design/design.js";
import { lackOfFitLines } from "../../fit/fit-tables.js";
import { lawCautions } from "../../fit/law-cautions.js";
import { adviceLines, machineLines, noiseTable } from "../../fit/noise-tables.js";
import { quantityName } from "../../fit/quantity-name.js";
import { sessionNotes } from "../../fit/session-levels.js";
import { dataTable, type Html, heading, list, paragraph } from "../parts/html-parts.js";
import type { ReportSource } from "../parts/report-source.js";

/** How far the data, the functions and the plans go. */
export function trustSection({ analysis, fits }: ReportSource): Html {
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
        list([...adviceLines(noise), ...machineLines(noise), ...sessionNotes(fit.sessions), ...misfit]),
      ].join("");
    }),
  ].join("");
}
