import { counted } from "../../core/counted.js";
import { groupBy } from "../../core/group-by.js";
import { deviceName } from "../../design/design.js";
import { lackOfFitLines } from "../../fit/fit-tables.js";
import { lawCautions } from "../../fit/law-cautions.js";
import { adviceLines, machineLines, noiseTable } from "../../fit/noise-tables.js";
import { quantityName } from "../../fit/quantity-name.js";
import { sessionNotes } from "../../fit/session-levels.js";
import { dataTable, type Html, heading, list, paragraph } from "../parts/html-parts.js";
import type { ReportSource } from "../parts/report-source.js";

/** A caution without the figures that differ from trial to trial. */
function kindOf(caution: string): string {
  return caution.split(":")[0] ?? caution;
}

/** How far the data, the functions and the plans go. */
export function trustSection({ analysis, fits }: ReportSource): Html {
  const trials = analysis.trials();
  const named = trials.flatMap(({ cautions = "" }) => (cautions === "" ? [] : [cautions.split("; ").map(kindOf)]));
  const counts = [...groupBy(named.flat(), (caution) => caution)]
    .map(([caution, { length }]) => ({ caution, length }))
    .sort((a, b) => b.length - a.length || a.caution.localeCompare(b.caution, "en"));
  const most = counts.slice(0, 5).map(({ caution, length }) => `${caution} (${length})`);
  return [
    paragraph(
      named.length === 0
        ? `None of ${counted(trials.length, "trial")} has a caution.`
        : `${named.length} of ${counted(trials.length, "trial")} have cautions: ${most.join(", ")}` +
            `${counts.length > most.length ? ", and others" : ""}.`,
    ),
    ...fits.map((fit) => {
      const noise = fit.noise();
      const cautions = lawCautions(fit).map(({ message }) => message);
      const misfit = [fit.latency, fit.warmup, fit.memory].flatMap((quantity) =>
        lackOfFitLines(quantity).map((line) => `${quantityName(quantity.quantity)}: ${line}`),
      );
      return [
        heading(3, deviceName(fit.device)),
        cautions.length === 0
          ? paragraph("Noise and errors of its functions are within what plans bear.")
          : list(cautions.map((caution) => `Caution: ${caution}`)),
        dataTable(noiseTable(noise), `Noise of ${deviceName(fit.device)} by its levels, relative`),
        list([...adviceLines(noise), ...machineLines(noise), ...sessionNotes(fit.sessions), ...misfit]),
      ].join("");
    }),
  ].join("");
}
