import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { withQueries } from "../../src/dataset/query-session.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-scratch-"));
process.env.TMPDIR = folder;
after(() => rmSync(folder, { recursive: true }));

test("what exceeds the memory of queries goes to a folder, which is removed when they end", async () => {
  let filesMeanwhile = 0;
  const sum = await withQueries(
    async (connection) => {
      await connection.run("CREATE TABLE t AS SELECT range AS a, hash(range) AS b FROM range(4000000)");
      const [scratch = ""] = readdirSync(folder);
      filesMeanwhile = readdirSync(join(folder, scratch)).length;
      return (await connection.runAndReadAll("SELECT sum(a) FROM t")).getRows()[0]?.[0];
    },
    { memoryLimit: "24MiB" },
  );
  assert.equal(sum, 7999998000000n);
  assert.ok(filesMeanwhile > 0, "64 MB in 24 MiB");
  assert.deepEqual(readdirSync(folder), []);
});

test("after an error the folder is removed, too, and DuckDB's many lines are one", async () => {
  const query = withQueries((connection) => connection.run("SELECT nothing"));
  await assert.rejects(query, { name: "Error", message: /^Binder Error: .*nothing.*$/ });
  assert.deepEqual(readdirSync(folder), []);
});
