import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { readPart } from "../../../src/dataset/part-file.js";
import { trialsTable } from "../../../src/dataset/tables.js";
import { fitDataset } from "../../../src/fit/fit-dataset.js";
import { lawCautions } from "../../../src/fit/law-cautions.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const REFERENCE = join(PACKAGE_ROOT, "data", "reference-cpu");
const THREE_CELLS = join(PACKAGE_ROOT, "test", "fixtures", "three-cells");
const folder = mkdtempSync(join(tmpdir(), "batchwise-dataset-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function batchwise(...args: string[]) {
  return spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8" });
}

test("describe shows the tables with their rows, columns and units", () => {
  const { status, stdout } = batchwise("dataset", "describe", THREE_CELLS);
  assert.equal(status, 0);
  assert.match(stdout, /^bird3: finished, model efficientnet-b0\n\n/);
  assert.match(stdout, /^trials +9 +24 +One row per trial/m);
  assert.match(stdout, /^inferences +108 +4 +One row per inference/m);
  assert.match(stdout, /^trials +first_inference_ms +ms +The first inference: the warm-up time W *$/m);
  const { name, tables, status: state } = JSON.parse(batchwise("dataset", "describe", THREE_CELLS, "--json").stdout);
  assert.deepEqual([name, state], ["bird3", "finished"]);
  const [trials] = tables;
  assert.deepEqual([trials.name, trials.rows, trials.columns.length], ["trials", 9, 24]);
  const peak = trials.columns.find(({ header }: { header: string }) => header === "peak_memory_mib");
  assert.deepEqual([peak.type, peak.unit], ["number", "MiB"]);
});

test("describe shows a run of before runs had a machine and versions with those of its dataset", () => {
  const { stdout } = batchwise("dataset", "describe", REFERENCE);
  const row = /^ +1 {2}2026-11-24T12:05:28\.857Z +AMD EPYC +6\.18\.44-fc-v782 +0\.1\.0 +20\.20\.2 +1\.30\.0 *$/m;
  assert.match(stdout, row);
});

test("check finds a dataset sound, or names the table and what is wrong with it and exits with 1", () => {
  const sound = batchwise("dataset", "check", THREE_CELLS);
  assert.deepEqual([sound.status, sound.stdout], [0, `dataset ${THREE_CELLS} is sound\n`]);
  assert.deepEqual(JSON.parse(batchwise("dataset", "check", THREE_CELLS, "--json").stdout), {
    sound: true,
    faults: [],
  });
  const changed = join(folder, "changed");
  cpSync(THREE_CELLS, changed, { recursive: true });
  appendFileSync(join(changed, "inferences", "part-0.csv"), "nobody,0,1,2\n");
  const { status, stdout } = batchwise("dataset", "check", changed);
  assert.equal(status, 1);
  assert.match(stdout, new RegExp(`^dataset ${changed}: table inferences: rows is 109, recorded was 108$`, "m"));
});

test("convert keeps the hardware as Parquet or as CSV, and says so", () => {
  const dataset = join(folder, "converted");
  cpSync(THREE_CELLS, dataset, { recursive: true });
  const to = (format: string, ...more: string[]) =>
    batchwise("dataset", "convert", dataset, "--format", format, ...more);
  const converted = to("parquet");
  assert.deepEqual(
    [converted.status, converted.stdout],
    [0, `dataset ${dataset}: its hardware is now kept as parquet\n`],
  );
  assert.deepEqual(readdirSync(join(dataset, "hardware")), ["part-0.parquet"]);
  assert.equal(batchwise("dataset", "check", dataset).status, 0);
  assert.deepEqual(JSON.parse(to("csv", "--json").stdout), { dataset, format: "csv", converted: true });
  assert.deepEqual(readdirSync(join(dataset, "hardware")), ["part-0.csv"]);
  const wrong = to("json");
  assert.deepEqual([wrong.status, wrong.stderr], [2, "batchwise: --format json: allowed are csv, parquet\n"]);
});

test("export --out writes every table as Parquet into that folder", () => {
  const out = join(folder, "parquet");
  const { status, stdout, stderr } = batchwise("dataset", "export", THREE_CELLS, "--out", out);
  assert.equal(status, 0, stderr);
  const names = ["trials", "inferences", "images", "hardware", "trial_features"].map((name) => `${name}.parquet`);
  assert.deepEqual(readdirSync(out).sort(), names.sort());
  assert.deepEqual(stdout.trim().split("\n").sort(), names.map((name) => join(out, name)).sort());
  for (const name of names) assert.equal(readFileSync(join(out, name)).subarray(0, 4).toString(), "PAR1");
});

test("fit --memory-mib finds the largest mini-batch between the measured ones whose peaks are on either side, and says why", () => {
  const peakMib = (size: number) =>
    Math.max(
      ...readPart(REFERENCE, trialsTable)
        .filter(({ inputSizePx, miniBatchSize }) => inputSizePx === 224 && miniBatchSize === size)
        .map(({ peakMemoryMib = 0 }) => peakMemoryMib),
    );
  const memory = Math.round((peakMib(8) + peakMib(16)) / 2);
  const { status, stdout, stderr } = batchwise("fit", REFERENCE, "--memory-mib", `${memory}`, "--half-width", "0.1");
  assert.equal(status, 0, stderr);
  const [laws = "", largest = ""] = stdout.split(`largest mini-batch within ${memory} MiB\n`);
  assert.match(laws, /^cpu-2t \(mbs: mini-batch size, Mpx: megapixels of an image\)\n/);
  assert.match(laws, /^latency_ms: median relative error on cells left out of the fit \(noise floor [\d.]+ %\)$/m);
  // At 32 px the multiplicative surface says half of what the trials of large mini-batches took.
  assert.match(laws, /^lack of fit: F\(51, 212\) = 13\.\d, p = \d\.\de-4\d; .* most by −5\d\.\d % at 32 px × 32, /m);
  assert.match(
    laws,
    /^law and deviation: linear \(9\d\.\d %\) \+ linear with area \(\d\.\d %\), by BIC before .*; processes scatter by 12\.\d % \(1 sd\) around it, with far ones as Student's t of \d+ degrees has, further upwards than downwards$/m,
  );
  assert.doesNotMatch(laws, /^caution: /m, "law and deviation predict every left-out cell");
  assert.match(laws, /^latency_ms +process +1\d\.\d .* 265 processes *$/m);
  assert.match(laws, /^for ±10\.0 % of each cell's latency: \d+ processes of .*; as measured, 5 processes of /m);
  const [, found, why] = /^ +224 +(\d+) {2,}(\S.*?) {2,}8 +16 *$/m.exec(largest) ?? [];
  assert.ok(Number(found) >= 8 && Number(found) < 16, largest);
  assert.equal(why, Number(found) === 8 ? "measured" : "the memory law between the two");
  assert.match(largest, /^ +32 +at least 64 +nothing larger is known not to fit +64 *$/m);
});

test("claims --claims judges a finding of one's own", () => {
  const file = join(folder, "claims.json");
  const statistic = { statistic: "warmup_over_latency" };
  const claim = (name: string, condition: object) => ({ name, finding: `It is ${name}`, conditions: [condition] });
  writeFileSync(
    file,
    JSON.stringify([claim("above-0", { ...statistic, at_least: 0 }), claim("below-0", { ...statistic, at_most: 0 })]),
  );
  const { status, stdout, stderr } = batchwise("claims", THREE_CELLS, "--claims", file);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^It is above-0 +reproduced *$/m);
  assert.match(stdout, /^It is below-0 +not reproduced *$/m);
  const cautions = stdout.split("\n").filter((line) => line.startsWith("caution: "));
  const [fit] = fitDataset(THREE_CELLS);
  assert.ok(fit);
  assert.deepEqual(
    cautions,
    lawCautions(fit).map(({ message }) => `caution: ${message}`),
  );
});

test("figures --theme draws in the theme's colours and background, into --out", () => {
  const [out, theme] = [join(folder, "themed"), join(folder, "theme.json")];
  writeFileSync(theme, JSON.stringify({ background: "#fefefe", colours: ["#123456"] }));
  const args = ["--only", "memory,largest-mini-batch", "--theme", theme, "--out", out];
  const { status, stdout, stderr } = batchwise("figures", REFERENCE, ...args);
  assert.equal(status, 0, stderr);
  assert.equal(stdout.trim().split("\n").length, readdirSync(out).length);
  const svg = readFileSync(join(out, "memory.svg"), "utf8");
  assert.match(svg, /#fefefe/i);
  assert.match(svg, /#123456/i);
});

test("figures --size, --device and --quantity say of what, and captions say it, too", () => {
  const out = join(folder, "of-what");
  const args = ["--only", "inference-time,fitted-law,fitted-lines", "--device", "cpu-2t", "--out", out];
  const { status, stderr } = batchwise("figures", REFERENCE, ...args, "--size", "160", "--quantity", "warmup");
  assert.equal(status, 0, stderr);
  const text = (name: string) => readFileSync(join(out, name), "utf8");
  const [header, first] = text("inference-time.csv").split("\n");
  assert.deepEqual(
    [header, first?.split(",").slice(0, 2)],
    ["panel,input_size_px,mini_batch_size,trials,median_ms,low_ms,high_ms", ["without warm-up", "160"]],
  );
  assert.match(text("fitted-lines.csv"), /^kind,input_size_px,mini_batch_size,warmup_ms,/);
  const captions = text("captions.md");
  assert.match(captions, /Warm-up at 160 px by mini-batch size/);
  assert.match(captions, /Dataset reference-cpu: efficientnet-b0 on cpu-2t, /);
  assert.match(text("captions.tex"), /\\label\{fig:fitted-law\}/);
});

test("figures of a device or a size that was not measured are refused in a line that names the others", () => {
  for (const [args, message] of [
    [["--device", "cpu-3t"], /^batchwise: device cpu-3t: not in .*, allowed are cpu-2t\n$/],
    [["--size", "100"], /^batchwise: input size 100: no trial of it ended well, allowed are 32, 64, .*512\n$/],
  ] as const) {
    const { status, stderr } = batchwise("figures", REFERENCE, "--only", "memory", "--out", folder, ...args);
    assert.deepEqual([status, message.test(stderr)], [2, true], stderr);
  }
});
