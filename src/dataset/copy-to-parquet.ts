import { literal } from "./part-query.js";

/** Rows are written in groups of so many: of hundreds of columns, larger ones take hundreds of MiB of memory. */
const ROW_GROUP = 16_384;

/** The DuckDB statement that writes what a query finds as a Parquet file. */
export function copyToParquet(query: string, path: string): string {
  return `COPY (${query}) TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP})`;
}
