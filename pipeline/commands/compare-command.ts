import { Command } from "commander";
import { type Comparison, compareDatasets } from "../../src/compare/compare-datasets.js";
import type { QuantityRatios } from "../../src/compare/compare-quantity.js";
import type { ComparedSide } from "../../src/compare/compared-side.js";
import { comparisonSummary, sideLines } from "../../src/compare/comparison-summary.js";
import {
  bestMiniBatchTable,
  cellRatioTable,
  lostCellTable,
  overallRatioTable,
  recordedDifferenceTable,
} from "../../src/compare/comparison-tables.js";
import { FAIL_ON, failsOn } from "../../src/compare/fails-on.js";
import type { JudgedRatio } from "../../src/compare/verdict.js";
import { deviceName } from "../../src/design/design.js";
import { parseName, parsePositive } from "../arguments.js";
import { OUTPUT, withHelp } from "../terminal/command-help.js";
import { printResult, tableOf } from "../terminal/terminal.js";

const MOST_MARGIN_PERCENT = 100;

interface CompareFlags {
  readonly device?: string;
  readonly deviceA?: string;
  readonly deviceB?: string;
  readonly sessionA?: string;
  readonly sessionB?: string;
  readonly margin: string;
  readonly failOn?: string;
  readonly figures?: string;
  readonly json?: boolean;
}

/** `batchwise compare`: what differs between two datasets, devices or sessions, and whether it matters. */
export function compareCommand(): Command {
  const command = new Command("compare")
    .description(
      "compare two datasets, devices or sessions: same, faster, slower or undecided, cell by cell and overall",
    )
    .argument("<a>", "the folder of the dataset that is compared with")
    .argument("<b>", "the folder of the dataset that is compared; it may be the same")
    .optionsGroup("What is compared:")
    .option("--device <name>", "the device of both, e.g. cpu-2t; default: the only one that both have")
    .option("--device-a <name>", "the device of A where names differ")
    .option("--device-b <name>", "the device of B where names differ")
    .option("--session-a <run>", "the session of A: a run's number in `dataset describe`, its id, or a host")
    .option("--session-b <run>", "the session of B")
    .optionsGroup("Judgement:")
    .option("--margin <percent>", "an interval wholly within it counts as the same", "5")
    .option("--fail-on <what>", "end with 1 if anything is slower, or changed in any way")
    .optionsGroup(OUTPUT)
    .option("--figures <dir>", "draw the comparison into a folder")
    .option("--json", "print one JSON object")
    .action(async (a: string, b: string, flags: CompareFlags) => {
      const failOn = flags.failOn === undefined ? undefined : parseName("--fail-on", FAIL_ON, flags.failOn);
      const margin = parsePositive("--margin", flags.margin, MOST_MARGIN_PERCENT) / 100;
      const comparison = await compareDatasets(
        { folder: a, device: flags.deviceA ?? flags.device, session: flags.sessionA },
        { folder: b, device: flags.deviceB ?? flags.device, session: flags.sessionB },
        { margin },
      );
      const figures = flags.figures === undefined ? [] : await draw(comparison, flags.figures);
      const failed = failOn !== undefined && failsOn(comparison, failOn);
      printResult(
        flags.json,
        () => ({ ...comparisonAsJson(comparison), failed, ...(figures.length > 0 && { figures }) }),
        () => [
          ...comparisonLines(comparison),
          ...figures,
          ...(failed ? ["", `--fail-on ${failOn}: something is, so this ends with 1`] : []),
        ],
      );
      if (failed) process.exitCode = 1;
    });
  return withHelp(command, "docs/compare.md", [
    "compare data/reference-cpu data/other-host",
    "compare data/before data/after --fail-on slower",
  ]);
}

function comparisonLines(comparison: Comparison): string[] {
  const { lost, best, differences, margin } = comparison;
  const part = (heading: string, table: string) => ["", heading, table];
  return [
    ...sideLines(comparison),
    ...part(
      "B over A in the cells that both measured, geometric means over processes with 95 % intervals",
      tableOf(overallRatioTable(comparison)),
    ),
    `same: the whole interval within ±${Number((100 * margin).toPrecision(3))} %; a difference: significant as one of all these ratios together (Holm, 5 %)`,
    "",
    tableOf(cellRatioTable(comparison)),
    "",
    ...comparisonSummary(comparison),
    ...(lost.length === 0 ? [] : part(lostHeading(comparison), tableOf(lostCellTable(comparison)))),
    ...(best.length === 0 ? [] : part("most images a second while steady", tableOf(bestMiniBatchTable(comparison)))),
    ...(differences.length === 0
      ? ["", "nothing that is recorded of A and B differs"]
      : part("what is recorded and differs", tableOf(recordedDifferenceTable(comparison)))),
  ];
}

/** What ran out of memory had as much as its design gave it. */
function lostHeading({ a, b }: Comparison): string {
  const [limitA, limitB] = [a, b].map(({ design }) => design.memory_limit_mib);
  const heading = "ended well on one side only";
  if (limitA === limitB) return heading;
  const limit = (mib: number | undefined) => (mib === undefined ? "the machine's memory" : `${mib} MiB`);
  return `${heading}; the memory limit is ${limit(limitA)} in A, ${limit(limitB)} in B`;
}

async function draw(comparison: Comparison, folder: string): Promise<string[]> {
  const { FIGURES } = await import("../../src/figures/figure-registry.js");
  const { writeFigures } = await import("../../src/figures/write-figures.js");
  return writeFigures([FIGURES.comparison.comparison(comparison)], folder);
}

function comparisonAsJson({ a, b, margin, pairs, quantities, lost, best, differences, causes }: Comparison) {
  return {
    a: sideAsJson(a),
    b: sideAsJson(b),
    margin,
    pairs: pairs?.length ?? null,
    quantities: quantities.map(quantityAsJson),
    ended_well_on_one_side: lost.map((cell) => ({ ...cellAsJson(cell), a: cell.a, b: cell.b })),
    best_mini_batch: best.map(({ inputSizePx, a: bestA, b: bestB, loss, interval, plan }) => ({
      ...{ input_size_px: inputSizePx, a: bestA, b: bestB, loss: loss ?? null },
      ...{ interval: interval === undefined ? null : [interval.low, interval.high], plan },
    })),
    causes: causesAsJson(causes),
    differences,
  };
}

function sideAsJson({ folder, device, trials, runs, model }: ComparedSide) {
  const ok = trials.filter(({ status }) => status === "ok");
  return {
    dataset: folder,
    device: deviceName(device),
    model: model.name,
    hosts: [...new Set(ok.map(({ host }) => host))],
    sessions: runs.map(({ runId }) => runId),
    trials: ok.length,
  };
}

function quantityAsJson({ quantity, cells, overall, betweenCells }: QuantityRatios<JudgedRatio>) {
  return {
    quantity,
    overall: ratioAsJson(overall),
    between_cells: betweenCells ?? null,
    cells: cells.map((cell) => ({
      ...cellAsJson(cell),
      ...{ a: cell.a, b: cell.b, trials_a: cell.trialsA, trials_b: cell.trialsB },
      ...ratioAsJson(cell.ratio),
    })),
  };
}

function cellAsJson({ inputSizePx, miniBatchSize }: { readonly inputSizePx: number; readonly miniBatchSize: number }) {
  return { input_size_px: inputSizePx, mini_batch_size: miniBatchSize };
}

function ratioAsJson({ ratio, interval, adjustedP, verdict }: JudgedRatio) {
  return {
    ratio,
    interval: interval === undefined ? null : [interval.low, interval.high],
    adjusted_p: adjustedP ?? null,
    verdict,
  };
}

function causesAsJson(causes: Comparison["causes"]) {
  if (causes === undefined || "reason" in causes) return causes ?? null;
  const { pulseMs, busyCores, faults, usPerFault } = causes;
  return {
    pulse_ms: pulseMs ?? null,
    busy_cores: busyCores ?? null,
    faults: faults ?? null,
    us_per_fault: usPerFault ?? null,
  };
}
