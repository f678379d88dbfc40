import { claimReasons, claimsTable } from "../src/claims/claims-table.js";
import type { JudgedClaim } from "../src/claims/judge-claims.js";
import type { Comparison } from "../src/compare/compare-datasets.js";
import { cellRatioTable, overallRatioTable } from "../src/compare/comparison-tables.js";
import { htmlTable, type TextTable } from "../src/core/text-table.js";
import type { DeviceFit } from "../src/fit/device-fit.js";
import {
  candidateTable,
  coefficientTable,
  functionTable,
  largestMiniBatchTable,
  lawTable,
} from "../src/fit/fit-tables.js";
import type { FittedFunction } from "../src/fit/fitted-function.js";
import type { LargestMiniBatch } from "../src/fit/largest-mini-batch.js";
import type { FittedLaw } from "../src/fit/law/fit-law.js";
import { lawLines } from "../src/fit/law/law-lines.js";
import type { QuantityFit } from "../src/fit/quantity-fit.js";
import { knownQuantities } from "../src/fit/unknown-quantity.js";
import type { FleetPlan } from "../src/fleet/plan-fleet.js";
import type { PlanOutcome } from "../src/plan/answer/plan-outcome.js";
import { planTable } from "../src/plan/answer/plan-table.js";
import type { DatasetRanking } from "../src/rank/rank-dataset.js";
import type { ResidualRanking } from "../src/rank/rank-residual.js";
import { rankingTable } from "../src/rank/ranking-table.js";
import { residualTable } from "../src/rank/residual-table.js";

/** What a value shows itself as: MIME types and contents. */
export type CellOutput = Readonly<Record<string, string>>;

/** The method that Jupyter's kernels for JavaScript ask a value for. */
const DISPLAY = Symbol.for("Jupyter.display");
/** A longer frame shows its first and its last rows. */
const MOST_ROWS = 60;

/** A danfojs frame. */
interface Frame {
  readonly columns: readonly string[];
  readonly index: readonly (string | number)[];
  readonly values: readonly unknown[];
}

/** A kind of value: the keys that tell it, and the tables that show it. */
interface Kind {
  readonly keys: readonly string[];
  readonly tables: (value: object) => readonly TextTable[];
}

function kind<Value extends object>(keys: readonly string[], tables: (value: Value) => readonly TextTable[]): Kind {
  return { keys, tables: (value) => tables(value as Value) };
}

const KINDS: readonly Kind[] = [
  kind<Frame>(["$dataIncolumnFormat", "columns", "index", "values"], (frame) => [frameTable(frame)]),
  kind<DeviceFit>(["latency", "warmup", "memory", "sessionEffect"], (fit) => [
    lawTable(fit),
    functionTable(...knownQuantities(fit).map(({ chosen }) => chosen)),
  ]),
  kind<QuantityFit>(["quantity", "observations", "candidates"], (fit) => [
    functionTable(fit.chosen),
    candidateTable(fit),
  ]),
  kind<FittedFunction>(["quantity", "formula", "coefficients"], (fitted) => [
    functionTable(fitted),
    coefficientTable(fitted),
  ]),
  kind<FittedLaw>(["laws", "noise", "answering"], (law) => [linesTable("law", lawLines(law))]),
  kind<DatasetRanking>(["ranking", "agreement", "matrix"], (ranked) => [rankingTable(ranked)]),
  kind<ResidualRanking>(["drivers", "betweenCells", "forest"], (ranked) => [residualTable(ranked)]),
  kind<Comparison>(["a", "b", "quantities", "lost"], (comparison) => [
    overallRatioTable(comparison),
    cellRatioTable(comparison),
  ]),
  kind<FleetPlan>(["problem", "outcome", "notes"], ({ outcome, notes }) => [
    planTable(outcome),
    ...(notes.length === 0 ? [] : [linesTable("note", notes)]),
  ]),
  kind<PlanOutcome>(["status", "solver", "proven"], (plan) => [planTable(plan)]),
  kind<PlanOutcome>(["status", "reason", "mostImages"], (plan) => [planTable(plan)]),
];

/** Kinds of which several are shown together. */
const LISTS: readonly Kind[] = [
  kind<JudgedClaim[]>(["claim", "verdict", "conditions"], (judged) => [
    claimsTable(judged),
    linesTable("why", claimReasons(judged)),
  ]),
  kind<LargestMiniBatch[]>(["inputSizePx", "miniBatchSize", "restsOn"], (largest) => [largestMiniBatchTable(largest)]),
];

/**
 * How a cell's last value shows itself: as the tables that the command line prints of it; undefined where it has no way
 * but its inside.
 */
export function displayOf(value: unknown): CellOutput | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (DISPLAY in value && typeof value[DISPLAY] === "function") return value[DISPLAY]() as CellOutput;
  const [told, kinds] = Array.isArray(value) ? [value[0], LISTS] : [value, KINDS];
  if (typeof told !== "object" || told === null) return undefined;
  const found = kinds.find(({ keys }) => keys.every((key) => key in told));
  return found && { "text/html": found.tables(value).map(htmlTable).join("") };
}

function linesTable(column: string, lines: readonly string[]): TextTable {
  return { columns: [column], values: lines.map((line) => [line]) };
}

function frameTable({ columns, index, values }: Frame): TextTable {
  const rows = values.map((row, place) => [index[place] ?? place, ...(Array.isArray(row) ? row : [row])]);
  const left = rows.length - MOST_ROWS;
  const gap = [`… ${left} more rows`, ...columns.map(() => "…")];
  return {
    columns: ["", ...columns],
    values: left <= 0 ? rows : [...rows.slice(0, MOST_ROWS / 2), gap, ...rows.slice(-MOST_ROWS / 2)],
  };
}
