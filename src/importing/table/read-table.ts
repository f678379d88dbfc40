import { counted } from "../../core/counted.js";
import { UserError } from "../../core/user-error.js";
import type { ImportedRow, ImportedRows, RowKind } from "../imported-row.js";
import type { SourceFile } from "../source-lines.js";
import { type Counted, countedBy, msPer, wattsPer } from "./measure-units.js";
import { bare, type DecimalSign, decimalOf, readNumber } from "./read-number.js";
import { type FoundColumn, type Meaning, plainOf } from "./table-columns.js";
import { headAt, isRule, type TableHead } from "./table-lines.js";

/** What the user, or a tool's format, says of a table that it does not say itself. */
export interface TableOptions {
  /** Headers of columns whose meaning does not show. */
  readonly columns?: ReadonlyMap<Meaning, string>;
  /** Rows that count, by the value of a column. */
  readonly where?: ReadonlyMap<string, string>;
  /** Milliseconds of the unit of times that have none. */
  readonly timeMs?: number;
  /** What throughputs without a unit count. */
  readonly counted?: Counted;
  readonly decimal?: DecimalSign;
  /** Which table of a file with several, from 1. */
  readonly table?: number;
  /** The mini-batch size of all rows. */
  readonly miniBatchSize?: number;
  /** What a row is. Default: as the number of rows of a mini-batch tells. */
  readonly kind?: RowKind;
}

/** The decimal sign is told by so many rows. */
const LOOKED_AT = 1000;
/** So many values of another column are told apart. */
const MOST_VALUES = 20;
const FAILED = /^(oom|out[ -]of[ -]memory|cuda (error: )?out of memory.*)$/i;
const NOTHING = /^([-–—.]*|n\.?\/?a\.?|nan|null|none|tbd|x|failed|error|timeout)$/i;
/** Columns that tell measurements apart even where they hold numbers. */
const TELLING =
  /\b(gpu|device|hardware|accelerator|precision|dtype|data type|model|network|framework|runtime|backend|threads|instances?|cores|streams|version)\b/i;

/** A row as its cells, with its place. */
interface CellRow {
  readonly place: string;
  readonly cells: readonly string[];
}

/**
 * The rows of a CSV or Markdown table with columns for mini-batch and latency or throughput.
 *
 * @throws UserError while rows are read: of the first thing that is not clear, in one line
 */
export function readTable(source: SourceFile, options: TableOptions = {}): ImportedRows {
  const notes: string[] = [];
  return { kind: () => options.kind, notes, rows: () => tableRows(source, options, notes) };
}

async function* tableRows(source: SourceFile, options: TableOptions, notes: string[]): AsyncGenerator<ImportedRow> {
  const found = await openTable(source, options);
  const { head, first, rest } = found;
  const { columns } = head;
  const decimal = options.decimal ?? within(source.name, () => decimalOf(usedCells(head, first)));
  if (columns["mini-batch"] === undefined && options.miniBatchSize === undefined) {
    throw new UserError(`${source.name}: no column for the mini-batch, allowed is --batch for all rows`);
  }
  const others = new OtherColumns(head, options.where ?? new Map());
  const left: string[] = [];
  let isLoaded = 0;
  for await (const row of chained(first, rest)) {
    if (!others.isMeant(row)) continue;
    const read = within(row.place, () => rowOf(row, head, decimal, options));
    if (read === undefined) left.push(row.place);
    else if (read === "concurrent") isLoaded++;
    else {
      others.add(row, `${read.inputSizePx ?? ""} ${read.miniBatchSize}`);
      yield read;
    }
  }
  others.requireOne(source.name);
  if (left.length > 0)
    notes.push(`${counted(left.length, "row")} without a time or throughput left out, the first at ${left[0]}`);
  if (isLoaded > 0) {
    notes.push(
      `${counted(isLoaded, "row")} of more than one request at a time left out: these say queueing, not latency`,
    );
  }
}

/** @throws UserError with the place before what is wrong there */
function within<Value>(place: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${place}: ${error.message}`);
    throw error;
  }
}

async function* chained(first: readonly CellRow[], rest: AsyncIterable<CellRow>): AsyncGenerator<CellRow> {
  yield* first;
  yield* rest;
}

/** The table that is meant, its first rows, and the others as they are read. */
async function openTable(source: SourceFile, { columns = new Map(), table }: TableOptions) {
  const lines = numbered(source.lines())[Symbol.asyncIterator]();
  let head: TableHead | undefined;
  const heads: TableHead[] = [];
  let before = 0;
  for (;;) {
    const { value, done } = await lines.next();
    if (done) break;
    before++;
    const found = within(`${source.name} line ${value.number}`, () => headAt(value.text, value.number, columns));
    if (found === undefined) continue;
    heads.push(found);
    if (heads.length === (table ?? 1)) {
      head = found;
      break;
    }
  }
  if (head === undefined) {
    throw new UserError(
      heads.length > 0
        ? `--table ${table}: ${source.name} has ${counted(heads.length, "table")} with mini-batches and times`
        : before === 0
          ? `${source.name}: empty, allowed is a table with columns for mini-batch and latency or throughput`
          : `${source.name}: no table with columns for mini-batch and latency or throughput, allowed is --column MEANING=HEADER`,
    );
  }
  const rows = rowsOf(source, head, lines, columns, table !== undefined);
  const first: CellRow[] = [];
  while (first.length < LOOKED_AT) {
    const { value, done } = await rows.next();
    if (done) break;
    first.push(value);
  }
  return { head, first, rest: rows };
}

interface NumberedLine {
  readonly number: number;
  readonly text: string;
}

async function* numbered(lines: AsyncIterable<string>): AsyncGenerator<NumberedLine> {
  let number = 0;
  for await (const line of lines) {
    number++;
    yield { number, text: number === 1 ? line.replace(/^\ufeff/, "") : line };
  }
}

async function* rowsOf(
  source: SourceFile,
  head: TableHead,
  lines: AsyncIterator<NumberedLine>,
  named: ReadonlyMap<Meaning, string>,
  isChosen: boolean,
): AsyncGenerator<CellRow> {
  let isOver = false;
  for (;;) {
    const { value, done } = await lines.next();
    if (done) return;
    const { number, text } = value;
    const place = `${source.name} line ${number}`;
    if (isOver || (head.isMarkdown && !text.includes("|"))) {
      isOver = true;
      const another = isChosen ? undefined : within(place, () => headAt(text, number, named));
      if (another !== undefined) {
        throw new UserError(
          `${source.name}: tables at lines ${head.line} and ${number}, allowed is --table with the number of one`,
        );
      }
      continue;
    }
    if (text.trim() === "" || text.trimStart().startsWith("#") || isRule(text)) continue;
    const cells = head.cellsOf(text, place);
    if (cells.every((cell) => cell === "") || isHead(cells, head)) continue;
    if (cells.length > head.headers.length && cells.slice(head.headers.length).some((cell) => cell !== "")) {
      throw new UserError(
        `${place}: ${cells.length} cells where the header has ${head.headers.length}; a decimal comma needs quotes or another separator`,
      );
    }
    yield { place, cells };
  }
}

/** The header once more, as where tables were put one after the other. */
function isHead(cells: readonly string[], { headers }: TableHead): boolean {
  return cells.length === headers.length && cells.every((cell, index) => cell === headers[index]);
}

function usedCells({ columns }: TableHead, rows: readonly CellRow[]): string[] {
  const used = Object.values(columns).map(({ index }) => index);
  return rows.flatMap(({ cells }) => used.map((index) => cells[index] ?? ""));
}

/** Columns that are not used, and the rows that the user wants by their values. */
class OtherColumns {
  private readonly values = new Map<number, Set<string>>();
  private readonly wanted: readonly (readonly [number, string])[];
  private readonly seen = new Set<string>();
  private isRepeated = false;
  private hasOther = false;
  private hasMeant = false;
  private readonly offered = new Map<number, Set<string>>();

  constructor(
    private readonly head: TableHead,
    where: ReadonlyMap<string, string>,
  ) {
    const used = new Set(Object.values(head.columns).map(({ index }) => index));
    for (const index of head.headers.keys()) if (!used.has(index)) this.values.set(index, new Set());
    this.wanted = [...where].map(([name, value]) => {
      const index = head.headers.findIndex((header) => plainOf(header).toLowerCase() === name.toLowerCase());
      if (index >= 0) return [index, value] as const;
      throw new UserError(
        `--where ${name}=${value}: no such column, the table has ${head.headers.map(plainOf).join(", ")}`,
      );
    });
  }

  isMeant({ cells }: CellRow): boolean {
    this.hasOther = true;
    for (const [index] of this.wanted) keep(this.offered, index, bare(cells[index] ?? ""));
    const isMeant = this.wanted.every(
      ([index, value]) => bare(cells[index] ?? "").toLowerCase() === value.toLowerCase(),
    );
    if (isMeant) this.hasMeant = true;
    return isMeant;
  }

  add({ cells }: CellRow, cell: string): void {
    if (this.seen.size < LOOKED_AT) {
      if (this.seen.has(cell)) this.isRepeated = true;
      this.seen.add(cell);
    }
    for (const [index, values] of this.values) {
      if (values.size <= MOST_VALUES) values.add(bare(cells[index] ?? ""));
    }
  }

  /** @throws UserError if rows of one mini-batch are of several devices, precisions or the like, or none is left */
  requireOne(name: string): void {
    if (this.hasOther && !this.hasMeant) {
      const [index = 0, value = ""] = this.wanted[0] ?? [];
      const has = [...(this.offered.get(index) ?? [])].join(", ");
      throw new UserError(
        `--where ${plainOf(this.head.headers[index] ?? "")}=${value}: no row of ${name}, it has ${has}`,
      );
    }
    if (!this.isRepeated) return;
    for (const [index, values] of this.values) {
      const header = plainOf(this.head.headers[index] ?? "");
      const isTelling = TELLING.test(header) || [...values].every((value) => value !== "" && !/\d/.test(value));
      if (values.size < 2 || values.size > MOST_VALUES || !isTelling) continue;
      throw new UserError(
        `${name}: rows of one mini-batch with several values of ${header}, ${[...values].join(", ")}; allowed is --where "${header}=${[...values][0]}"`,
      );
    }
  }
}

function keep(map: Map<number, Set<string>>, index: number, value: string): void {
  const values = map.get(index) ?? new Set();
  if (values.size < MOST_VALUES) values.add(value);
  map.set(index, values);
}

/** @returns undefined where nothing was measured */
function rowOf(
  { place, cells }: CellRow,
  { columns }: TableHead,
  decimal: DecimalSign,
  options: TableOptions,
): ImportedRow | "concurrent" | undefined {
  const cellOf = (column: FoundColumn | undefined) => (column === undefined ? "" : (cells[column.index] ?? ""));
  const of = (meaning: Meaning) => cellOf(columns[meaning]);
  const isUnits = bare(of("mini-batch")) === "" || /^[([].*[)\]]$/.test(bare(of("mini-batch")));
  if (columns["mini-batch"] !== undefined && isUnits) return undefined;
  const miniBatchSize = options.miniBatchSize ?? wholeOf("mini-batch size", of("mini-batch"), decimal, 65_536);
  const concurrency = of("concurrency");
  if (bare(concurrency) !== "" && wholeOf("concurrency", concurrency, decimal, 1e6) > 1) return "concurrent";
  const inputSizePx = sizeOf(of("input-size"), decimal);
  const base = { place, miniBatchSize, ...(inputSizePx !== undefined && { inputSizePx }) };
  if ((["latency", "throughput"] as const).some((meaning) => FAILED.test(bare(of(meaning))))) {
    return { ...base, outOfMemory: true };
  }
  const time = (meaning: Meaning) => {
    const measure = measureOf(meaning, of(meaning), decimal);
    return measure && measure.value * timeFactor(meaning, measure.unit || columns[meaning]?.unit, options.timeMs);
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
  return { ...base, ...Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined)) };
}

function measureOf(what: string, cell: string, decimal: DecimalSign) {
  if (NOTHING.test(bare(cell))) return undefined;
  const measure = readNumber(cell, decimal);
  if (measure === undefined) throw new UserError(`${what} ${JSON.stringify(cell)}, allowed are numbers`);
  if (!(measure.value > 0)) throw new UserError(`${what} ${JSON.stringify(cell)}, allowed are numbers above 0`);
  return measure;
}

function wholeOf(what: string, cell: string, decimal: DecimalSign, most: number): number {
  const measure = readNumber(cell, decimal);
  if (measure !== undefined && Number.isInteger(measure.value) && measure.value >= 1 && measure.value <= most) {
    return measure.value;
  }
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

function timeFactor(what: string, unit: string | undefined, given: number | undefined): number {
  const factor = unit === undefined || unit === "" ? given : msPer(unit);
  if (factor !== undefined) return factor;
  throw new UserError(
    unit === undefined || unit === ""
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
  const measure = measureOf(what, cell, decimal);
  if (measure === undefined) return undefined;
  const factor = wattsPer(measure.unit || column?.unit || "w");
  if (factor === undefined) throw new UserError(`${what} in ${measure.unit}, allowed are mW, W and kW`);
  return measure.value * factor;
}
