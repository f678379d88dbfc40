import type { DuckDBConnection } from "@duckdb/node-api";
import { reasonOf } from "../core/reason-of.js";
import { UserError } from "../core/user-error.js";
import { fileOf, type Part } from "./part.js";
import { readParquetCells } from "./read-parquet.js";
import { parseAt, readRows } from "./read-rows.js";

/** What is wrong with the machine and not with the file. */
const OF_THE_MACHINE = /^(Out of Memory|IO|Interrupt|Internal|FATAL) Error/;

/**
 * What stands behind DuckDB's error over a part file, in one line: the file's first wrong cell with its line, column
 * and value, or DuckDB's first words where every cell is right.
 */
export async function partError(connection: DuckDBConnection, error: unknown, part: Part): Promise<Error> {
  const words = `${fileOf(part)}: ${reasonOf(error).split("\n")[0]}`;
  if (OF_THE_MACHINE.test(reasonOf(error))) return new Error(words);
  try {
    await readAll(connection, part);
  } catch (wrong) {
    if (wrong instanceof UserError) return wrong;
  }
  return new UserError(words);
}

async function readAll(connection: DuckDBConnection, part: Part): Promise<void> {
  if (part.format === "csv") for (const _row of readRows(part.folder, part.table, part.number));
  else {
    let row = 0;
    for await (const cells of readParquetCells(connection, part)) {
      parseAt(`${fileOf(part)} row ${++row}`, part.table, cells);
    }
  }
}
