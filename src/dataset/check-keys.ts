import type { DuckDBConnection } from "@duckdb/node-api";
import { anyTable } from "./data-package.js";
import type { Part } from "./part.js";
import { quoted, readPartQuery } from "./part-query.js";
import { headerOf } from "./resource.js";
import { columnsOf } from "./table.js";
import { trialsTable } from "./tables.js";

/** So many faults of a kind are told one by one, the others are counted. */
const TOLD = 5;

/**
 * Rows whose primary key an earlier row has, in one line each, and how many more there are.
 *
 * @param part one whose cells all fit its table
 */
export async function repeatedKeys(connection: DuckDBConnection, part: Part): Promise<string[]> {
  const { table } = part;
  if (table.primaryKey.length === 0) return [];
  const key = table.primaryKey.map((name) => quoted(headerOf(table, name))).join(", ");
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE repeated AS
     SELECT ${key} FROM (${readPartQuery(part)}) GROUP BY ${key} HAVING count(*) > 1`,
  );
  if ((await countOf(connection, "repeated")) === 0) return [];
  return firstOf(
    connection,
    `SELECT line, concat_ws(' ', ${key}) FROM (
       SELECT *, row_number() OVER (PARTITION BY ${key} ORDER BY line) AS nth
       FROM (${withLines(part, key)}) SEMI JOIN repeated USING (${key})
     ) WHERE nth > 1`,
    (found) => `key ${found} occurs twice`,
  );
}

/**
 * Rows of trials that are not in `trials`, in one line each, and how many more there are.
 *
 * @param part one whose cells all fit its table, as those of `trials` do
 */
export async function strayRows(connection: DuckDBConnection, part: Part): Promise<string[]> {
  if (!part.table.belongsToTrial) return [];
  const trials = readPartQuery({ folder: part.folder, table: anyTable(trialsTable), format: "csv" });
  return firstOf(
    connection,
    `SELECT line, trial_id FROM (${withLines(part, "trial_id")})
     ANTI JOIN (SELECT trial_id FROM (${trials})) USING (trial_id)`,
    (found) => `trial ${found} is not in trials`,
  );
}

/**
 * Values that nobody can have measured, such as a latency of 0, in one line each, and how many more there are.
 *
 * @param part one whose cells all fit its table
 */
export async function impossibleValues(connection: DuckDBConnection, part: Part): Promise<string[]> {
  const faults: string[] = [];
  for (const [, { header, positive }] of columnsOf(part.table)) {
    if (!positive) continue;
    const name = quoted(header);
    const query = `SELECT line, ${name} FROM (${withLines(part, name)}) WHERE ${name} <= 0`;
    faults.push(...(await firstOf(connection, query, (found) => `${header} is ${found}, allowed is more than 0`)));
  }
  return faults;
}

/** Columns of a part file, numbered as its lines are: the header is line 1. */
function withLines(part: Part, columns: string): string {
  return `SELECT ${columns}, row_number() OVER () + 1 AS line FROM (${readPartQuery(part)})`;
}

async function firstOf(
  connection: DuckDBConnection,
  query: string,
  sentence: (found: string) => string,
): Promise<string[]> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE faulty(line, found) AS ${query}`);
  const all = await countOf(connection, "faulty");
  const reader = await connection.runAndReadAll(`SELECT line, found FROM faulty ORDER BY line LIMIT ${TOLD}`);
  const faults = reader.getRows().map(([line, found]) => `line ${line}: ${sentence(String(found))}`);
  return all > TOLD ? [...faults, `and ${(all - TOLD).toLocaleString("en-US")} more lines like these`] : faults;
}

async function countOf(connection: DuckDBConnection, table: string): Promise<number> {
  return Number((await connection.runAndReadAll(`SELECT count(*) FROM ${table}`)).getRows()[0]?.[0]);
}
