import { UserError } from "../../core/user-error.js";
import { type ImportedRow, knownFigures } from "../imported-row.js";
import { type Counted, countedBy, msPer, unitOfTime, wattsPer } from "./measure-units.js";
import { bare, type DecimalSign, readNumber } from "./read-number.js";
import type { FoundColumn, Meaning } from "./table-columns.js";
import type { CellRow, TableHead } from "./table-lines.js";
import type { TableOptions } from "./table-options.js";

const FAILED = /^(oom|out[ -]of[ -]memory|cuda (error: )?out of memory.*)$/i;
/** Nothing that is measured is larger in any of the units. */
const LARGEST = 1e15;
/** As perf_analyzer writes power, in W for each GPU: `GPU-0f…:120.5;`. */
const BY_GPU = /^(GPU-[\w-]+:[\d.]+;)+$/;
const NOTHING = /^([-–—.]*|n\.?\/?a\.?|nan|null|none|tbd|x|failed|error|timeout)$/i;

/**
 * What a row of a table says.
 *
 * @returns undefined where nothing was measured, "concurrent" of more than one request at a time, which says queueing
 * @throws UserError of the first cell that is not clear
 */
export function rowOf(
  { place, cells }: CellRow,
  { columns }: TableHead,
  decimal: DecimalSign,
  options: TableOptions,
): ImportedRow | "concurrent" | undefined {
  const cellOf = (column: FoundColumn | undefined) => (column === undefined ? "" : (cells[column.index] ?? ""));
  const of = (meaning: Meaning) => cellOf(columns[meaning]);
  const isUnits = bare(of("mini-batch")) === "" || /^[([].*[)\]]$/.test(bare(of("mini-batch")));
  if (columns["mini-batch"] !== undefined && isUnits) return undefined;
  const miniBatchSize = miniBatchOf(of("mini-batch"), decimal, options);
  const concurrency = of("concurrency");
  if (bare(concurrency) !== "" && wholeOf("concurrency", concurrency, decimal, 1e6) > 1) return "concurrent";
  if (!NOTHING.test(bare(of("request-rate")))) return "concurrent";
  const inputSizePx = sizeOf(of("input-size"), decimal);
  const base = { place, miniBatchSize, ...(inputSizePx !== undefined && { inputSizePx }) };
  if ((["latency", "throughput"] as const).some((meaning) => FAILED.test(bare(of(meaning))))) {
    return { ...base, outOfMemory: true };
  }
  const time = (meaning: Meaning) => {
    const measure = measureOf(meaning, of(meaning), decimal);
    if (measure === undefined) return undefined;
    const { unit, isPerImage } = unitOfTime(measure.unit || (columns[meaning]?.unit ?? ""));
    const images = isPerImage || columns[meaning]?.isPerImage ? miniBatchSize : 1;
    return measure.value * timeFactor(meaning, unit, options.timeMs) * images;
  };
  const throughput = measureOf("throughput", of("throughput"), decimal);
  const figures = {
    meanMs: time("latency"),
    p50Ms: time("p50"),
    p90Ms: time("p90"),
    p95Ms: time("p95"),
    p99Ms: time("p99"),
    warmupMs: time("warm-up"),
    loadMs: time("load"),
    imagesPerS:
      throughput &&
      throughput.value *
        (countedOf(throughput.unit || columns.throughput?.unit, options.counted) === "batches" ? miniBatchSize : 1),
    powerW: wattsOf("power", of("power"), columns.power, decimal),
    idlePowerW: wattsOf("idle-power", of("idle-power"), columns["idle-power"], decimal),
  };
  if (figures.meanMs === undefined && figures.p50Ms === undefined && figures.imagesPerS === undefined) return undefined;
  return { ...base, ...knownFigures(figures) };
}

/** As the row says, else as the user or the file's name does. */
function miniBatchOf(cell: string, decimal: DecimalSign, options: TableOptions): number {
  const { miniBatchSize, miniBatchOfName } = options;
  const given = miniBatchSize ?? miniBatchOfName;
  if (bare(cell) === "" && given !== undefined) return given;
  const size = wholeOf("mini-batch size", cell, decimal, 65_536, /^(images?|imgs?|samples?)?$/i);
  if (miniBatchSize === undefined || miniBatchSize === size) return size;
  throw new UserError(`mini-batch size ${size}, where --batch is ${miniBatchSize}; allowed is one of them`);
}

function measureOf(what: string, cell: string, decimal: DecimalSign) {
  if (NOTHING.test(bare(cell))) return undefined;
  const measure = readNumber(cell, decimal);
  if (measure === undefined) throw new UserError(`${what} ${JSON.stringify(cell)}, allowed are numbers`);
  if (!(measure.value > 0)) throw new UserError(`${what} ${JSON.stringify(cell)}, allowed are numbers above 0`);
  if (!(measure.value <= LARGEST)) {
    throw new UserError(`${what} ${JSON.stringify(cell)}, allowed are numbers up to ${LARGEST}`);
  }
  return measure;
}

function wholeOf(what: string, cell: string, decimal: DecimalSign, most: number, units = /^$/): number {
  const { value, unit } = readNumber(cell, decimal) ?? { value: 0, unit: "" };
  if (Number.isInteger(value) && value >= 1 && value <= most && units.test(unit)) return value;
  throw new UserError(`${what} ${JSON.stringify(cell)}, allowed are whole numbers from 1 to ${most}`);
}

/** `224`, `224 px`, `224x224` or `3x224x224`. */
function sizeOf(cell: string, decimal: DecimalSign): number | undefined {
  const plain = bare(cell).replace(/\s*(px|pixels?)$/i, "");
  if (NOTHING.test(plain)) return undefined;
  const [, height, width] = /^(?:\d\s*[x×]\s*)?(\d+)\s*[x×]\s*(\d+)(?:\s*[x×]\s*\d)?$/i.exec(plain) ?? [];
  if (height !== undefined && height !== width) {
    throw new UserError(`input size ${JSON.stringify(cell)}, allowed are squares`);
  }
  return wholeOf("input size", height ?? plain, decimal, 65_536);
}

function timeFactor(what: string, unit: string, given: number | undefined): number {
  const factor = unit === "" ? given : msPer(unit);
  if (factor !== undefined) return factor;
  throw new UserError(
    unit === ""
      ? `${what} without a unit, allowed is --time-unit ms (or ns, us, s)`
      : `${what} in ${unit}, allowed are ns, us, ms, s and min`,
  );
}

function countedOf(unit: string | undefined, given: Counted | undefined): Counted {
  const found = unit === undefined || unit === "" ? given : countedBy(unit);
  if (found !== undefined) return found;
  throw new UserError(
    unit === undefined || unit === ""
      ? "throughput without a unit, allowed is --throughput-unit images/s (or batches/s)"
      : `throughput in ${unit}, allowed are images/s and batches/s`,
  );
}

function wattsOf(
  what: string,
  cell: string,
  column: FoundColumn | undefined,
  decimal: DecimalSign,
): number | undefined {
  if (BY_GPU.test(cell)) {
    const watts = [...cell.matchAll(/:([\d.]+);/g)].map(([, value]) => Number(value));
    return watts.reduce((sum, value) => sum + value, 0) || undefined;
  }
  const measure = measureOf(what, cell, decimal);
  if (measure === undefined) return undefined;
  const factor = wattsPer(measure.unit || column?.unit || "w");
  if (factor === undefined) throw new UserError(`${what} in ${measure.unit}, allowed are mW, W and kW`);
  return measure.value * factor;
}
