import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { figuresOfDataset } from "../../src/figures/figures-of-dataset.js";
import { writeRankedDataset } from "../rank/ranked-dataset.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-ranked-figures-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("a dataset's rankings are computed once for each question, and drawn of the features of that question", async () => {
  await writeRankedDataset(folder);
  const only = ["correlation", "warmup-prediction", "importance-explain", "importance-predict"] as const;
  const progress: string[] = [];
  const { figures, left } = await figuresOfDataset(folder, {
    only,
    onProgress: (done, total) => progress.push(`${done} of ${total}`),
  });
  assert.deepEqual(left, []);
  assert.deepEqual(
    figures.map(({ name }) => name),
    only,
  );
  const hundred = Array.from({ length: 100 }, (_, index) => `${index + 1} of 100`);
  assert.deepEqual(progress, [...hundred, ...hundred], "a forest for each of the two questions");
  const [correlation, warmup, explain, predict] = figures.map(({ data }) => data);
  const names = (data = explain) => data?.map(({ feature }) => String(feature)) ?? [];
  assert.equal(names()[0], "planted/driver_kib__before");
  assert.ok(
    names().some((name) => name.includes("__first_change")),
    "recorded during the first inference",
  );
  assert.equal(names(predict)[0], "planted/driver_kib__before");
  assert.ok(!names(predict).some((name) => /__(first|steady)/.test(name)), "known before it");
  assert.equal(correlation?.length, names().length ** 2, "of the same features");
  // A warm-up time in ms of 50 + 100 times the driver + the mini-batch size, which need not be one of the four.
  const first = warmup?.slice(0, 3) ?? [];
  const measured = [11, 4, 19].map((driver) => 51 + 100 * driver);
  assert.deepEqual(
    first.map((row) => [row.input_size_px, row.mini_batch_size, row.measured_ms]),
    measured.map((ms) => [32, 1, ms]),
  );
  for (const [index, ms] of measured.entries()) {
    const predicted = Number(first[index]?.predicted_ms);
    assert.ok(Math.abs(predicted - ms) < 1, `${predicted} beside ${ms}`);
  }
  assert.equal(warmup?.length, 24);
});
