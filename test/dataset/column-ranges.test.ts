import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { columnRanges } from "../../src/dataset/column-ranges.js";
import { anyTable } from "../../src/dataset/data-package.js";
import { PartFile } from "../../src/dataset/part-file.js";
import { withQueries } from "../../src/dataset/query-session.js";
import { trialsTable } from "../../src/dataset/tables.js";
import { sampleTrial } from "./sample-dataset.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-ranges-"));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, "trials", "part-0.csv");
const contents = () =>
  withQueries((connection) => columnRanges(connection, { folder, table: anyTable(trialsTable), format: "csv" }));

test("the range of a column is that of its values; missing values are none, texts have none", async () => {
  const { part } = PartFile.open(folder, trialsTable, () => true);
  part.append([
    sampleTrial("a", { loadMs: 3, trial: 2 }),
    sampleTrial("b", { loadMs: -1.5, trial: 1, detail: 'one "quoted", text' }),
    sampleTrial("c"),
  ]);
  part.close();
  const { rows, ranges } = await contents();
  assert.equal(rows, 3);
  assert.deepEqual(ranges.load_ms, { min: -1.5, max: 3 });
  assert.deepEqual(ranges.trial, { min: 1, max: 2 });
  assert.deepEqual(ranges.threads, { min: 1, max: 1 });
  assert.deepEqual(Object.keys(ranges).sort(), [
    ...["concurrent", "input_size_px", "load_ms", "mini_batch_size", "threads", "trial"],
  ]);
});

test("a range has the digits that its cell has", async () => {
  const sound = readFileSync(path, "utf8");
  for (const cell of ["123456789.5", "0.000000123456789", "9223372036854772000", "1e-7", "-98765432.1"]) {
    writeFileSync(path, sound.replace(",3,", `,${cell},`));
    const { ranges } = await contents();
    const { min, max } = ranges.load_ms ?? {};
    assert.ok(min === Number(cell) || max === Number(cell), `${cell}: ${min} to ${max}`);
  }
});
