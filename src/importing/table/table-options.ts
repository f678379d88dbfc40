import type { RowKind } from "../imported-row.js";
import type { Counted } from "./measure-units.js";
import type { DecimalSign } from "./read-number.js";
import type { Meaning } from "./table-columns.js";

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
  /** The mini-batch size of all rows, as the user says. */
  readonly miniBatchSize?: number;
  /** The same, as the file's name says: rows that say another one are right. */
  readonly miniBatchOfName?: number;
  /** What a row is. Default: as the number of rows of a mini-batch tells. */
  readonly kind?: RowKind;
}
