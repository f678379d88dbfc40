import { deviceName } from "../../design/design.js";
import { candidateTable, largestMiniBatchTable, lawTable } from "../../fit/fit-tables.js";
import { largestMiniBatches } from "../../fit/largest-mini-batch.js";
import { lawLines } from "../../fit/law/law-lines.js";
import { quantityName } from "../../fit/quantity-name.js";
import { isKnown } from "../../fit/unknown-quantity.js";
import { dataTable, type Html, heading, list, paragraph } from "../parts/html-parts.js";
import type { ReportSource } from "../parts/report-source.js";

/** The functions of each device with their errors, and the largest mini-batches. */
export function lawsSection({ fits }: ReportSource): Html {
  return fits
    .map((fit) => {
      const device = deviceName(fit.device);
      return [
        heading(3, device),
        ...[fit.latency, fit.warmup, fit.memory].map((quantity) => {
          const name = quantityName(quantity.quantity);
          if (!isKnown(quantity)) return heading(4, name) + paragraph("Not known: others measured and do not say it.");
          return [
            heading(4, name),
            list(lawLines(quantity.law())),
            paragraph(`${quantity.chosen.form}: ${quantity.chosen.formula}`),
            dataTable(
              candidateTable(quantity),
              `Forms of ${name} on ${device}, with their errors on what they have not seen`,
            ),
          ].join("");
        }),
        heading(4, "the study's lines"),
        dataTable(lawTable(fit), `Latency and warm-up of ${device}, each linear in the mini-batch at each input size`),
        heading(4, "largest mini-batch"),
        dataTable(
          largestMiniBatchTable(largestMiniBatches(fit)),
          fit.memoryLimitMib === undefined
            ? `The largest mini-batch that is known to fit ${device}`
            : `The largest mini-batch that fits into ${fit.memoryLimitMib} MiB on ${device}`,
        ),
      ].join("");
    })
    .join("");
}
