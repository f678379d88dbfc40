import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { hardwareTable } from "../../src/dataset/hardware-table.js";
import { PartFile, readPart } from "../../src/dataset/part-file.js";
import { type InferenceRow, inferencesTable, trialsTable } from "../../src/dataset/tables.js";
import { featureGroup } from "../../src/hardware/reading/feature-group.js";
import { sampleTrial } from "./sample-dataset.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-part-"));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, "inferences", "part-0.csv");
const HEADER = "trial_id,iteration,started_ms,latency_ms\n";

beforeEach(() => rmSync(dirname(path), { recursive: true, force: true }));

function write(text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Opens and closes the part file, keeping some trials. */
function reopen(...kept: string[]): { dropped: number; text: string } {
  const { part, dropped } = PartFile.open(folder, inferencesTable, (trialId) => kept.includes(trialId));
  part.close();
  return { dropped, text: readFileSync(path, "utf8") };
}

function row(trialId: string, iteration: number, latencyMs = 1.5): InferenceRow {
  return { trialId, iteration, startedMs: 10 * iteration, latencyMs };
}

test("a new part file begins with its header, and rows are appended to what is there", () => {
  assert.deepEqual(reopen(), { dropped: 0, text: HEADER });
  const openFiles = () => (process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0);
  const before = openFiles();
  for (const iteration of [0, 1]) {
    const { part } = PartFile.open(folder, inferencesTable, () => true);
    part.append([row("a", iteration)]);
    part.append([]);
    part.close();
  }
  assert.equal(openFiles(), before);
  assert.equal(readFileSync(path, "utf8"), `${HEADER}a,0,0,1.5\na,1,10,1.5\n`);
  assert.deepEqual(readPart(folder, inferencesTable), [row("a", 0), row("a", 1)]);
});

test("what a crash left at the end is dropped and everything before it stays, byte for byte", () => {
  const kept = `${HEADER}a,0,1,2\na,1,3,4\nb,0,1,2\n`;
  write(`${kept}c,0,1,2\nc,1,3,`);
  assert.deepEqual(reopen("a", "b"), { dropped: 2, text: kept });
  assert.deepEqual(reopen("a", "b"), { dropped: 0, text: kept });
  write(`${kept}a,2,`);
  assert.deepEqual(reopen("a", "b"), { dropped: 1, text: kept }, "a torn row of a trial that is kept");
  assert.deepEqual(reopen("a"), { dropped: 1, text: `${HEADER}a,0,1,2\na,1,3,4\n` });
  assert.deepEqual(reopen(), { dropped: 2, text: HEADER });
});

test("empty lines go with what is dropped after them, and are not counted", () => {
  const kept = `${HEADER}a,0,1,2\n`;
  write(`${kept}c,0,1,2\n\n\nc,1,3,4\n`);
  assert.deepEqual(reopen("a"), { dropped: 2, text: kept });
});

test("rows of a trial that is not kept stay where one that is kept follows them", () => {
  const text = `${HEADER}x,0,1,2\na,0,1,2\n`;
  write(text);
  assert.deepEqual(reopen("a"), { dropped: 0, text });
});

test("the cut is at a byte and not at a character", () => {
  const kept = `${HEADER}ä € 😀,0,1,2\n`;
  write(`${kept}c,0,1,2\n`);
  assert.deepEqual(reopen("ä € 😀"), { dropped: 1, text: kept });
});

test("a torn header is written again, and another table's file is refused as it is", () => {
  write("trial_id,iter");
  assert.deepEqual(reopen("a"), { dropped: 1, text: HEADER });
  write("");
  assert.deepEqual(reopen("a"), { dropped: 0, text: HEADER });
  const other = "trial_id,iteration,started_ms,latency_s\na,0,1,2\n";
  write(other);
  assert.throws(() => reopen("a"), {
    name: "UserError",
    message: `part file ${path}: its header is not that of table inferences`,
  });
  assert.equal(readFileSync(path, "utf8"), other);
});

test("rows that can't be written leave the file as it was", () => {
  const { part } = PartFile.open(folder, inferencesTable, () => true);
  part.append([row("a", 0)]);
  const before = readFileSync(path, "utf8");
  const unwritable = { ...row("a", 1), latencyMs: Symbol("no number") as unknown as number };
  assert.throws(() => part.append([row("b", 0), unwritable]));
  part.close();
  assert.equal(readFileSync(path, "utf8"), before);
});

test("a table without a part file has no rows", () => {
  assert.deepEqual(readPart(folder, inferencesTable), []);
});

test("a text with commas, quotes and line ends is read as it was written, on one line", () => {
  const { part } = PartFile.open(folder, trialsTable, () => true);
  part.append([sampleTrial("a", { status: "crashed", detail: 'exit code 1: "no, such"\nfile' })]);
  part.close();
  assert.equal(readFileSync(join(folder, "trials", "part-0.csv"), "utf8").split("\n").length, 3);
  assert.equal(readPart(folder, trialsTable)[0]?.detail, 'exit code 1: "no, such" file');
});

test("what a crash left is cut at the same byte wherever it ends, also around the pieces that are read", () => {
  const kept = `${HEADER}${"a,0,1,2\n".repeat(9000)}`; // 72 KB, more than one piece of 64 KiB
  const tail = `c,${"1".repeat(995)}\n`.repeat(67);
  const wrong: string[] = [];
  const around = [0, 1, 64 * 1024, 2 * 64 * 1024 - kept.length].flatMap((place) =>
    Array.from({ length: 12 }, (_, index) => place - 6 + index),
  );
  for (const length of around.filter((own) => own >= 0 && own <= tail.length)) {
    const torn = tail.slice(0, length);
    write(`${kept}${torn}`);
    const { dropped, text } = reopen("a");
    if (text !== kept || dropped !== torn.split("\n").filter(Boolean).length) wrong.push(`${length}: ${dropped}`);
    // The torn line itself, when the trial is kept.
    write(`${kept}${torn}`);
    const whole = reopen("a", "c").text;
    if (whole !== `${kept}${torn.slice(0, torn.lastIndexOf("\n") + 1)}`)
      wrong.push(`${length}: of a trial that is kept`);
  }
  assert.deepEqual(wrong, []);
});

test("a header that fills several pieces is found, and so is a torn one", () => {
  const features = Array.from({ length: 3000 }, (_, index) =>
    featureGroup("g", "machine", "test").gauge(`a_feature_with_a_long_name_${index}`, "1", "", "A gauge."),
  );
  const table = hardwareTable(features);
  const file = join(folder, "hardware", "part-0.csv");
  const opened = () => {
    const { part, dropped } = PartFile.open(folder, table, () => true);
    part.close();
    return { dropped, text: readFileSync(file, "utf8") };
  };
  const { text: header } = opened();
  assert.ok(header.length > 80_000 && header.indexOf("\n") === header.length - 1);
  writeFileSync(file, header.slice(0, 70_000));
  assert.deepEqual(opened(), { dropped: 1, text: header });
});
