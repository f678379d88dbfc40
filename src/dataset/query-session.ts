import type { DuckDBConnection } from "@duckdb/node-api";
import { reasonOf } from "../core/reason-of.js";
import { makeScratchFolder } from "../core/scratch-folder.js";
import { UserError } from "../core/user-error.js";

/** What queries may keep in memory. With Node.js and what DuckDB does not count, a process stays under 512 MiB. */
const MEMORY_LIMIT = "256MiB";
/** Each thread holds buffers of its own. */
const THREADS = 2;

interface QueryOptions {
  /** One adds up in the order of the file, so that the last digit of a mean is the same in every run. */
  readonly threads?: number;
  /** In units that DuckDB reads, e.g. "2GiB". */
  readonly memoryLimit?: string;
}

/**
 * Runs queries in DuckDB, whose memory is bounded: what exceeds it goes to a folder for temporary files, which is
 * removed.
 *
 * @throws Error of one line where DuckDB's has many
 * @example
 * const rows = await withQueries(async (connection) => (await connection.runAndReadAll("SELECT 42")).getRows());
 */
export async function withQueries<Result>(
  run: (connection: DuckDBConnection) => Promise<Result>,
  { threads = THREADS, memoryLimit = MEMORY_LIMIT }: QueryOptions = {},
): Promise<Result> {
  const { DuckDBInstance } = await import("@duckdb/node-api"); // only where a query runs: loading it takes a while
  const scratch = makeScratchFolder();
  try {
    const instance = await DuckDBInstance.create(":memory:", {
      threads: String(threads),
      memory_limit: memoryLimit,
      temp_directory: scratch.path,
    });
    const connection = await instance.connect();
    try {
      return await run(connection);
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new Error(reasonOf(error).split("\n")[0], { cause: error });
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  } finally {
    scratch.remove();
  }
}
