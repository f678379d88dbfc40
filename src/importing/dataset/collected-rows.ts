import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import { UserError } from "../../core/user-error.js";
import { FIGURES, type ImportedRow, type ImportedRows, type RowKind } from "../imported-row.js";

/** From more rows of one mini-batch on they are inferences: nobody starts so many processes of each. */
const MOST_PROCESSES = 64;
/** DuckDB takes so many rows at a time. */
const CHUNK_ROWS = 2048;
/** Rows that are held in memory: one for each process. */
const MOST_SUMMARIES = 100_000;

/** Rows in a table of a DuckDB connection, `imported`, so that a million of them take little memory. */
export interface CollectedRows {
  readonly connection: DuckDBConnection;
  readonly kind: RowKind;
  readonly rows: number;
}

/**
 * Reads all rows into the connection's table.
 *
 * @param inputSizePx of rows that do not say it
 * @throws UserError if there are none, their input size is not known, or there are too many for what they are
 */
export async function collectRows(
  connection: DuckDBConnection,
  imported: readonly ImportedRows[],
  inputSizePx: number | undefined,
): Promise<CollectedRows> {
  await connection.run(
    `CREATE TABLE imported (line BIGINT, place VARCHAR, size INTEGER, batch INTEGER, oom BOOLEAN, ${FIGURES.map((name) => `${name} DOUBLE`).join(", ")})`,
  );
  const { BIGINT, BOOLEAN, DOUBLE, DuckDBDataChunk, INTEGER, VARCHAR } = await import("@duckdb/node-api");
  const types = [BIGINT, VARCHAR, INTEGER, INTEGER, BOOLEAN, ...FIGURES.map(() => DOUBLE)];
  const appender = await connection.createAppender("imported");
  let columns: DuckDBValue[][] = types.map(() => []);
  const flush = () => {
    if (columns[0]?.length === 0) return;
    const chunk = DuckDBDataChunk.create(types, columns[0]?.length);
    chunk.setColumns(columns);
    appender.appendDataChunk(chunk);
    columns = types.map(() => []);
  };
  let rows = 0;
  for (const source of imported) {
    for await (const row of source.rows()) {
      const size = row.inputSizePx ?? inputSizePx;
      if (size === undefined) {
        throw new UserError(`${row.place}: no input size, allowed is --size with the pixels of a side, such as 224`);
      }
      rows++;
      const values = [BigInt(rows), row.place, size, row.miniBatchSize, row.outOfMemory === true];
      for (const [index, value] of values.entries()) columns[index]?.push(value);
      for (const [index, name] of FIGURES.entries()) columns[values.length + index]?.push(row[name] ?? null);
      if (columns[0]?.length === CHUNK_ROWS) flush();
    }
  }
  flush();
  appender.closeSync();
  if (rows === 0) throw new UserError("import: no row with a mini-batch and a time or throughput");
  return { connection, rows, kind: await kindOf(connection, imported, rows) };
}

async function kindOf(connection: DuckDBConnection, imported: readonly ImportedRows[], rows: number): Promise<RowKind> {
  const given = new Set(imported.flatMap(({ kind }) => kind() ?? []));
  const [first, second] = given;
  if (second !== undefined)
    throw new UserError("import: summaries and single inferences together, allowed is one of them");
  const others = FIGURES.filter((name) => name !== "meanMs").map((name) => `${name} IS NOT NULL`);
  const [[most, summaries] = []] = (
    await connection.runAndReadAll(
      `SELECT max(n)::DOUBLE, max(s)::DOUBLE FROM (
         SELECT count(*) AS n, count(*) FILTER (WHERE ${others.join(" OR ")}) AS s FROM imported GROUP BY size, batch
       )`,
    )
  ).getRows();
  const kind = first ?? (Number(most) > MOST_PROCESSES && Number(summaries) === 0 ? "inferences" : "summaries");
  if (kind === "summaries" && rows > MOST_SUMMARIES) {
    throw new UserError(
      `import: ${rows} summaries, allowed are ${MOST_SUMMARIES}; --rows inferences takes rows as inferences`,
    );
  }
  return kind;
}

/** The rows of summaries, smallest cell first, those out that repeat another one to the last digit. */
export async function summaryRows({ connection, rows }: CollectedRows): Promise<{
  readonly rows: readonly ImportedRow[];
  readonly repeated: number;
}> {
  const columns = ["size", "batch", "oom", ...FIGURES].join(", ");
  const reader = await connection.runAndReadAll(
    `SELECT arg_min(place, line), ${columns} FROM imported GROUP BY ${columns} ORDER BY size, batch, min(line)`,
  );
  const found = reader.getRows().map(
    ([place, size, batch, oom, ...figures]): ImportedRow => ({
      place: String(place),
      inputSizePx: Number(size),
      miniBatchSize: Number(batch),
      ...(oom === true && { outOfMemory: true }),
      ...Object.fromEntries(
        FIGURES.flatMap((name, index) => (typeof figures[index] === "number" ? [[name, figures[index]]] : [])),
      ),
    }),
  );
  return { rows: found, repeated: rows - found.length };
}

/** What the inferences of one cell come to. */
export interface CellStatistics {
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
  readonly inferences: number;
  readonly medianMs: number;
  readonly madMs: number;
  readonly meanMs: number;
  readonly percentilesMs: readonly [p50: number, p90: number, p95: number, p99: number];
}

/** Statistics of the inferences of each cell, smallest first. */
export async function cellStatistics({ connection }: CollectedRows): Promise<CellStatistics[]> {
  const reader = await connection.runAndReadAll(
    `SELECT size, batch, count(*)::DOUBLE, median(meanMs), mad(meanMs), fsum(meanMs) / count(*),
       quantile_cont(meanMs, [0.5, 0.9, 0.95, 0.99])
     FROM imported WHERE NOT oom AND meanMs IS NOT NULL GROUP BY size, batch ORDER BY size, batch`,
  );
  return reader.getRowsJS().map(([size, batch, inferences, median, mad, mean, percentiles]) => {
    const [p50 = Number.NaN, p90 = Number.NaN, p95 = Number.NaN, p99 = Number.NaN] = percentiles as number[];
    return {
      inputSizePx: Number(size),
      miniBatchSize: Number(batch),
      inferences: Number(inferences),
      medianMs: Number(median),
      madMs: Number(mad),
      meanMs: Number(mean),
      percentilesMs: [p50, p90, p95, p99],
    };
  });
}

/** The inferences of all cells, smallest cell first and within it in their order, in pieces. */
export async function* inferencesOf({
  connection,
}: CollectedRows): AsyncGenerator<
  readonly { readonly inputSizePx: number; readonly miniBatchSize: number; readonly latencyMs: number }[]
> {
  const result = await connection.stream(
    "SELECT size, batch, meanMs FROM imported WHERE NOT oom AND meanMs IS NOT NULL ORDER BY size, batch, line",
  );
  for await (const rows of result.yieldRowsJs()) {
    yield rows.map(([size, batch, ms]) => ({
      inputSizePx: Number(size),
      miniBatchSize: Number(batch),
      latencyMs: Number(ms),
    }));
  }
}
