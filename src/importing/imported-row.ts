/** What others say of one mini-batch, of one process or of one inference; what they do not say is missing. */
export interface ImportedRow {
  /** Where it stands, for messages: `a.csv line 3`. */
  readonly place: string;
  readonly miniBatchSize: number;
  /** Undefined: as the caller says of all rows. */
  readonly inputSizePx?: number;
  readonly outOfMemory?: boolean;
  readonly meanMs?: number;
  readonly p50Ms?: number;
  readonly p90Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
  readonly imagesPerS?: number;
  readonly powerW?: number;
  readonly idlePowerW?: number;
  /** The first inference, the loading of the model and the peak of resident memory, which few say. */
  readonly warmupMs?: number;
  readonly loadMs?: number;
  readonly peakMemoryMib?: number;
}

/** The figures of a row, in the order in which they are kept. */
export const FIGURES = [
  "meanMs",
  "p50Ms",
  "p90Ms",
  "p95Ms",
  "p99Ms",
  "imagesPerS",
  "powerW",
  "idlePowerW",
  "warmupMs",
  "loadMs",
  "peakMemoryMib",
] as const satisfies readonly (keyof ImportedRow)[];
/** The name of one of them. */
export type FigureKey = (typeof FIGURES)[number];

/** The figures of a row that are known, and its input size. */
export function knownFigures(
  figures: Readonly<Partial<Record<FigureKey | "inputSizePx", number | undefined>>>,
): Partial<Record<FigureKey | "inputSizePx", number>> {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
}

/** Whether a row is a summary of many inferences or one of them; undefined: its reader can't know. */
export type RowKind = "summaries" | "inferences";

/** Rows as a reader finds them, and what it has to say of how it read them. */
export interface ImportedRows {
  /** Known when the rows have been read; undefined where they do not tell. */
  kind(): RowKind | undefined;
  /** The rows, one after the other. */
  rows(): AsyncIterable<ImportedRow> | Iterable<ImportedRow>;
  /** One line each; complete when the rows have been read. */
  readonly notes: string[];
}
