import { counted } from "../core/counted.js";
import { groupBy } from "../core/group-by.js";
import { deviceName } from "../design/design.js";
import type { DeviceFit } from "../fit/device-fit.js";
import { largestMiniBatches } from "../fit/largest-mini-batch.js";
import { hasNamedWorkloads, type PlanOutcome } from "../plan/answer/plan-outcome.js";
import type { DatasetRanking } from "../rank/rank-dataset.js";
import { TOP } from "../rank/rank-features.js";
import { labelOf } from "./feature-labels.js";
import {
  decimalCell,
  type LatexCell,
  type LatexTable,
  latexTable,
  significantCell,
  textCell,
  wholeCell,
} from "./latex-table.js";
import { axisNameOf, SHOWN_QUANTITIES, shownQuantity } from "./shown-quantity.js";

const INTERVAL = "95 % interval";

/**
 * The tables of a fit: coefficients with intervals, errors of all candidates, the largest mini-batches; and of rankings
 * their top 15.
 */
export function latexTables(fit: DeviceFit, rankings: readonly DatasetRanking[] = []): LatexTable[] {
  return [coefficients(fit), errors(fit), ...largest(fit), ...rankings.map(rankingTable)];
}

function coefficients(fit: DeviceFit): LatexTable {
  return latexTable(
    "coefficients",
    `Lines in the mini-batch size at each input size with ${INTERVAL}s, device ${deviceName(fit.device)}. The constant is ` +
      "in the unit of the quantity, the slope in that unit per image.",
    [
      { head: "Quantity", kind: "text" },
      { head: "Size (px)", kind: "number" },
      { head: "Constant", kind: "number" },
      { head: INTERVAL, kind: "number" },
      { head: INTERVAL, kind: "number" },
      { head: "Per image", kind: "number" },
      { head: `${INTERVAL} `, kind: "number" },
      { head: `${INTERVAL} `, kind: "number" },
    ],
    SHOWN_QUANTITIES.flatMap((name) =>
      [...fit[name].bySize].map(([size, fitted]) => {
        const intervals = fitted.coefficientIntervals();
        const cells = (coefficient: string): LatexCell[] => [
          significantCell(fitted.coefficients[coefficient]),
          significantCell(intervals[coefficient]?.low),
          significantCell(intervals[coefficient]?.high),
        ];
        return [textCell(axisNameOf(shownQuantity(name))), wholeCell(size), ...cells("constant"), ...cells("mbs")];
      }),
    ),
  );
}

function errors(fit: DeviceFit): LatexTable {
  return latexTable(
    "errors",
    "Median relative errors on what is left out of the fit: each cell, the largest input size, the largest mini-batch; the " +
      "noise is how well a repeated process repeats itself. The chosen form has a star.",
    [
      { head: "Quantity", kind: "text" },
      { head: "Form", kind: "text" },
      { head: "Cell (%)", kind: "number" },
      { head: "Size (%)", kind: "number" },
      { head: "Mini-batch (%)", kind: "number" },
      { head: "Noise (%)", kind: "number" },
    ],
    SHOWN_QUANTITIES.flatMap((name) =>
      fit[name]
        .candidates()
        .map(({ form, leftOutError, extrapolation, chosen }) => [
          textCell(shownQuantity(name).name),
          textCell(chosen ? `${form} *` : form),
          percentCell(leftOutError),
          percentCell(extrapolation.largestSize),
          percentCell(extrapolation.largestMiniBatch),
          percentCell(fit[name].noiseFloor),
        ]),
    ),
  );
}

function largest(fit: DeviceFit): LatexTable[] {
  const { memoryLimitMib } = fit;
  if (memoryLimitMib === undefined) return [];
  return [
    latexTable(
      "largest-mini-batch",
      `The largest mini-batch (images) within ${memoryLimitMib} MiB, device ${deviceName(fit.device)}, and what it rests on.`,
      [
        { head: "Size (px)", kind: "number" },
        { head: "Largest mini-batch", kind: "number" },
        { head: "Rests on", kind: "text" },
        { head: "Largest that ran", kind: "number" },
        { head: "Smallest that did not", kind: "number" },
      ],
      largestMiniBatches(fit, memoryLimitMib).map((row) => [
        wholeCell(row.inputSizePx),
        row.restsOn === "at least" ? { digits: `\\geq ${row.miniBatchSize}` } : wholeCell(row.miniBatchSize),
        textCell(row.restsOn === "law" ? "memory law" : row.restsOn),
        wholeCell(row.largestOk),
        wholeCell(row.smallestExceeding),
      ]),
    ),
  ];
}

function rankingTable({ question, ranking, agreement, devices }: DatasetRanking): LatexTable {
  return latexTable(
    `ranking-${question}`,
    `The ${Math.min(TOP, ranking.features.length)} features that matter most for warm-up time, ` +
      `${question === "explain" ? "of all that were recorded" : "of those known before the first inference"}, device ` +
      `${devices.join(", ")}: what shuffling a feature adds to the squared error, over the variance of ln W, with a ` +
      `bootstrap interval over ${ranking.trees} trees, and its lowest and highest rank over ten parts of the forest. The ` +
      "second forest does not have those with a star in its top.",
    [
      { head: "Rank", kind: "number" },
      { head: "Feature", kind: "text" },
      { head: "Importance", kind: "number" },
      { head: INTERVAL, kind: "number" },
      { head: INTERVAL, kind: "number" },
      { head: "Ranks", kind: "number" },
      { head: "Ranks", kind: "number" },
    ],
    ranking.features
      .slice(0, TOP)
      .map(({ rank, group, importance, interval, rankInterval }) => [
        wholeCell(rank),
        textCell(`${labelOf(group)}${agreement.onlyFirst.includes(group.name) ? " *" : ""}`),
        decimalCell(importance, 4),
        decimalCell(interval.low, 4),
        decimalCell(interval.high, 4),
        significantCell(rankInterval.low),
        significantCell(rankInterval.high),
      ]),
  );
}

/**
 * A plan as a table, devices that do the same in one row; none where there is no plan.
 *
 * @param name of its file
 */
export function planLatexTable(outcome: PlanOutcome, name = "plan"): LatexTable | undefined {
  if (outcome.status === "infeasible") return undefined;
  const isNamed = hasNamedWorkloads(outcome.devices);
  const alike = groupBy(outcome.devices, (device) => JSON.stringify(device));
  return latexTable(
    name,
    `A plan of ${counted(outcome.devices.length, "device")} for ${counted(outcome.images, "image")}, ` +
      `${outcome.proven ? "proven optimal" : "not proven optimal"}; mini-batches count the first one, images are those ` +
      "that a device really gets.",
    [
      { head: "Devices", kind: "number" },
      { head: "Type", kind: "text" },
      ...(isNamed ? [{ head: "Workload", kind: "text" as const }] : []),
      { head: "Mini-batch size", kind: "number" },
      { head: "Mini-batches", kind: "number" },
      { head: "Images of each", kind: "number" },
      { head: "Finish (ms)", kind: "number" },
    ],
    [...alike.values()].flatMap((devices) =>
      devices
        .slice(0, 1)
        .map(({ type, workload, miniBatchSize, furtherMiniBatches, lastMiniBatchSize, images, finishUs }) => [
          wholeCell(devices.length),
          textCell(type),
          ...(isNamed ? [textCell(workload)] : []),
          wholeCell(miniBatchSize),
          wholeCell(furtherMiniBatches + 1 + (lastMiniBatchSize === undefined ? 0 : 1)),
          wholeCell(images),
          decimalCell(finishUs / 1000, 3),
        ]),
    ),
  );
}

function percentCell(ratio: number | undefined): LatexCell {
  return decimalCell(ratio === undefined ? undefined : 100 * ratio, 1);
}
