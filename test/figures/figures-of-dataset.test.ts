import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fitAsJson } from "../../pipeline/terminal/fit-as-json.js";
import type { TrialRow } from "../../src/dataset/tables.js";
import type { Row } from "../../src/figures/figure.js";
import { FIGURE_NAMES } from "../../src/figures/figure-registry.js";
import { figuresOfDataset } from "../../src/figures/figures-of-dataset.js";
import { latexTables } from "../../src/figures/latex-tables.js";
import { fitDevice } from "../../src/fit/fit-dataset.js";
import { writeTrials } from "../dataset/write-trials.js";
import { DEVICE, simulatedTrial } from "../fit/simulated-device.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-figures-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Three trials a cell of laws written by hand; the middle one is the law, the others are 10 % off. */
const LATENCY_MS: Readonly<Record<number, (batch: number) => number>> = { 64: (b) => 2 + b, 224: (b) => 4 + 6 * b };
const MEMORY_MIB = (size: number, batch: number) => 100 + (size === 64 ? 4 : 50) * batch;
const LIMIT_MIB = 410;

function trialsOf(sizes: readonly number[]): TrialRow[] {
  const cells = sizes.flatMap((size) => [1, 2, 4, 8].map((batch) => ({ size, batch })));
  return cells.flatMap(({ size, batch }) =>
    [1.1, 0.9, 1].map((scale, index) => {
      const simulated = simulatedTrial(size, batch, Infinity, index + 1);
      const latencyMs = scale * (LATENCY_MS[size]?.(batch) ?? Number.NaN);
      return {
        ...simulated,
        ...(MEMORY_MIB(size, batch) > LIMIT_MIB
          ? { status: "out_of_memory" as const, steadyMedianMs: 1e6, firstInferenceMs: 1e6 }
          : { steadyMedianMs: latencyMs, firstInferenceMs: 5 * latencyMs }),
        peakMemoryMib: MEMORY_MIB(size, batch),
      };
    }),
  );
}

const other = trialsOf([64]).map((trial) => ({
  ...trial,
  threads: 2,
  trialId: `2t-${trial.trialId}`,
  steadyMedianMs: 1e5,
}));
await writeTrials(join(folder, "study"), {
  trials: [...other, ...trialsOf([224, 64])],
  devices: [
    { provider: "cpu", threads: 1 },
    { provider: "cpu", threads: 2 },
  ],
  memoryLimitMib: LIMIT_MIB,
});
const DRAWN = ["memory", "inference-time", "fitted-lines", "fitted-law", "lack-of-fit", "largest-mini-batch"] as const;
const { figures, fit } = await figuresOfDataset(join(folder, "study"), { only: DRAWN });
const rows = (name: string, of = figures): readonly Row[] => of.find((figure) => figure.name === name)?.data ?? [];
const medians = (name: string, of = figures) => rows(name, of).filter(({ kind }) => kind === "median");
const rounded = (value: unknown) => Math.round(1e6 * Number(value)) / 1e6;

test("a dataset's figures are drawn of its first device", () => {
  assert.equal(fit.device.threads, 1);
  assert.deepEqual(
    figures.map(({ name }) => name),
    DRAWN,
  );
});

test("the figures that a dataset has too little for are named with the reason, and the others drawn", async () => {
  await writeTrials(join(folder, "few"), { trials: trialsOf([224, 64]).slice(0, 15) });
  const few = await figuresOfDataset(join(folder, "few"));
  assert.deepEqual(
    few.figures.map(({ name }) => name),
    DRAWN,
  );
  assert.deepEqual(few.left, [
    { name: "hosts", reason: "no cells that several hosts measured" },
    ...["importance-explain", "importance-predict", "correlation", "warmup-prediction"].map((name) => ({
      name,
      reason: `ranking of ${join(folder, "few")}: 12 trials ended well, required are 20`,
    })),
  ]);
  assert.deepEqual([...few.figures, ...few.left].map(({ name }) => name).sort(), [...FIGURE_NAMES].sort());
});

test("memory is the median of the trials that ended well, by mini-batch, then by size, with each of them, and a cross", () => {
  const kinds = rows("memory").map(({ kind }) => kind);
  assert.deepEqual(
    ["median", "trial", "out of memory"].map((kind) => kinds.filter((each) => each === kind).length),
    [7, 21, 1],
  );
  const cross = rows("memory").at(-1);
  assert.deepEqual([cross?.input_size_px, cross?.mini_batch_size, cross?.peak_memory_mib], [224, 8, undefined]);
  assert.ok(Number(cross?.drawn_at_mib) > LIMIT_MIB, "above the limit");
  assert.deepEqual(
    medians("memory").map((row) => [row.mini_batch_size, row.input_size_px, row.peak_memory_mib]),
    [
      [1, 64, 104],
      [1, 224, 150],
      [2, 64, 108],
      [2, 224, 200],
      [4, 64, 116],
      [4, 224, 300],
      [8, 64, 132],
    ],
  );
});

test("a mini-batch size that a sweep added at one input size is one of the others, unless there is no other size", async () => {
  const added = { ...simulatedTrial(224, 6, Infinity), peakMemoryMib: 400 };
  const drawn = async (name: string, trials: readonly TrialRow[]) => {
    await writeTrials(join(folder, name), { trials: [...trials, added], memoryLimitMib: LIMIT_MIB });
    const of = await figuresOfDataset(join(folder, name), { only: ["memory", "largest-mini-batch"] });
    return medians("memory", of.figures).map((row) => row.series);
  };
  assert.deepEqual(await drawn("added", trialsOf([224, 64])), [1, 1, 2, 2, 4, 4, "others", 8]);
  assert.deepEqual(await drawn("alone", trialsOf([224])), [1, 2, 4, 6]);
  // Nothing fits: there is no figure of it.
  await writeTrials(join(folder, "none"), { trials: [added], memoryLimitMib: 401 });
  const none = await figuresOfDataset(join(folder, "none"), { only: ["largest-mini-batch"] });
  assert.deepEqual(none.left, [{ name: "largest-mini-batch", reason: "too few cells" }]);
});

test("inference times are those of the study's size: medians with the lowest and the highest trial, first and steady", () => {
  const found = rows("inference-time").map((row) => [
    row.panel,
    row.input_size_px,
    row.mini_batch_size,
    ...[row.median_ms, row.low_ms, row.high_ms].map(rounded),
  ]);
  const steady = [1, 2, 4].map((b) => [b, 4 + 6 * b] as const);
  assert.deepEqual(found, [
    ...steady.map(([b, ms]) => ["without warm-up", 224, b, ms, rounded(0.9 * ms), rounded(1.1 * ms)]),
    ...steady.map(([b, ms]) => ["with warm-up", 224, b, 5 * ms, rounded(4.5 * ms), rounded(5.5 * ms)]),
  ]);
});

test("fitted lines run from the smallest to the largest mini-batch that was measured, in equal steps of the logarithm", () => {
  const lines = rows("fitted-lines").filter(({ kind }) => kind === "fitted");
  for (const [size, high] of [
    [64, 8],
    [224, 4],
  ] as const) {
    const own = lines.filter((row) => row.input_size_px === size);
    assert.equal(own.length, 41);
    assert.deepEqual(
      own.map((row) => rounded(row.mini_batch_size)),
      Array.from({ length: 41 }, (_, step) => rounded(high ** (step / 40))),
    );
    // Trials 10 % off on both sides shift relative squares: Σ 1/s over Σ 1/s² of the law.
    const shift = (1 / 0.9 + 1 + 1 / 1.1) / (1 / 0.81 + 1 + 1 / 1.21);
    for (const row of own) {
      const expected = shift * (LATENCY_MS[size]?.(Number(row.mini_batch_size)) ?? 0);
      assert.ok(Math.abs(Number(row.latency_ms) / expected - 1) < 1e-6, `${size} px × ${row.mini_batch_size}`);
    }
  }
  const measured = rows("fitted-lines").filter(({ kind }) => kind === "measured");
  assert.deepEqual(
    measured.map((row) => [row.input_size_px, row.mini_batch_size, rounded(row.latency_ms)]),
    [...[1, 2, 4, 8].map((b) => [64, b, 2 + b]), ...[1, 2, 4].map((b) => [224, b, 4 + 6 * b])],
  );
});

test("the law's figure has its band around it, the study's line beside it, every trial, and residuals in percent", () => {
  const data = rows("fitted-law");
  const [band, line, trials] = ["band", "line", "trial"].map((kind) => data.filter((row) => row.kind === kind));
  assert.deepEqual([band?.length, line?.length, trials?.length], [41, 41, 9]);
  for (const row of band ?? []) {
    assert.ok(Number(row.low_ms) < Number(row.fitted_ms) && Number(row.fitted_ms) < Number(row.high_ms));
    assert.ok(Number(row.low_ms) > 0.7 * Number(row.fitted_ms) && Number(row.high_ms) < 1.4 * Number(row.fitted_ms));
    // Of a straight world the law is the line.
    assert.ok(
      Math.abs(Number(row.fitted_ms) / (4 + 6 * Number(row.mini_batch_size)) - 1) < 0.04,
      String(row.fitted_ms),
    );
  }
  const shift = (1 / 0.9 + 1 + 1 / 1.1) / (1 / 0.81 + 1 + 1 / 1.21);
  for (const row of line ?? []) {
    assert.ok(Math.abs(Number(row.fitted_ms) / shift / (4 + 6 * Number(row.mini_batch_size)) - 1) < 1e-6);
  }
  for (const row of trials ?? []) {
    const residual = 100 * (Number(row.measured_ms) / Number(row.fitted_ms) - 1);
    assert.ok(Math.abs(Number(row.residual_percent) - residual) < 1e-9);
  }
});

test("largest mini-batches are those within a quarter, half and all of the design's memory, and what they rest on", () => {
  // Above 100 MiB an image of 64 px takes 4 MiB, one of 224 px 50: by hand, with 3 % where it is less than they had.
  assert.deepEqual(
    rows("largest-mini-batch")
      .filter(({ kind }) => kind === "largest")
      .map((row) => [row.memory_mib, row.input_size_px, row.mini_batch_size, row.rests_on]),
    [
      [205, 64, 8, "at least"],
      [205, 224, 1, "measured"],
      [410, 64, 8, "at least"],
      [410, 224, 4, "measured"],
    ],
  );
});

test("every cell's misfit is the law over the geometric mean of its trials, of latency and of warm-up", () => {
  const misfits = rows("lack-of-fit");
  assert.deepEqual(
    misfits.map((row) => [row.quantity, row.input_size_px, row.mini_batch_size]).sort(),
    ["Latency L", "Warm-up W"]
      .flatMap((quantity) => [
        ...[1, 2, 4, 8].map((batch) => [quantity, 64, batch]),
        ...[1, 2, 4].map((batch) => [quantity, 224, batch]),
      ])
      .sort(),
  );
  for (const row of misfits) {
    const [size, batch] = [Number(row.input_size_px), Number(row.mini_batch_size)];
    const [quantity, times] = row.quantity === "Latency L" ? [fit.latency, 1] : [fit.warmup, 5];
    const mean = times * (LATENCY_MS[size]?.(batch) ?? 0) * (0.9 * 1.1) ** (1 / 3);
    const error = 100 * ((quantity.chosen.extrapolate(size, batch) ?? 0) / mean - 1);
    assert.ok(Math.abs(Number(row.error_percent) - error) < 1e-6, `${row.error_percent} is not ${error}`);
    assert.ok(Number(row.low_percent) < error - 5 && Number(row.high_percent) > error + 5);
  }
  assert.deepEqual(
    new Set(misfits.map((row) => Math.round(1000 * (Number(row.place) / Number(row.mini_batch_size))))).size,
    2,
  );
});

test("a fit as JSON has the test of each quantity that was repeated, with every cell, most missed first", () => {
  const [latency, warmup, ...others] = fitAsJson(fit).lack_of_fit;
  assert.deepEqual([latency?.quantity, warmup?.quantity, others.length], ["latency_ms", "warmup_ms", 0]);
  assert.deepEqual(latency?.degrees[1], 7 * 3 - 7);
  const errors = latency?.cells.map(({ error }) => Math.abs(Math.log1p(error))) ?? [];
  assert.deepEqual(
    errors.toSorted((a, b) => b - a),
    errors,
  );
  const shown = rows("lack-of-fit").find((row) => row.quantity === "Warm-up W" && row.input_size_px === 224);
  const same = warmup?.cells.find(
    (cell) => cell.input_size_px === 224 && cell.mini_batch_size === shown?.mini_batch_size,
  );
  assert.deepEqual(
    same && [same.error, ...same.interval].map((ratio) => rounded(100 * ratio)),
    [shown?.error_percent, shown?.low_percent, shown?.high_percent].map(rounded),
  );
});

test("a fit as JSON has the laws by BIC, and at each measured cell the value with the interval of new processes", () => {
  const [latency] = fitAsJson(fit).laws;
  assert.equal(latency?.quantity, "latency_ms");
  assert.equal(latency?.cells.length, 7);
  for (const {
    input_size_px: size,
    mini_batch_size: batch,
    value,
    process_90: [low = 0, high = 0],
  } of latency?.cells ?? []) {
    const mean = (LATENCY_MS[size]?.(batch) ?? 0) * (0.9 * 1.1) ** (1 / 3);
    assert.ok(Math.abs(value / mean - 1) < 0.08, `${value} is not ${mean}`);
    assert.ok(low < 0.91 * value && high > 1.09 * value, "trials 10 % off on both sides are no surprise");
  }
  const total = latency?.laws.reduce((sum, { weight }) => sum + weight, 0) ?? 0;
  assert.ok(Math.abs(total - 1) < 1e-9);
});

test("without the study's size the largest one is shown, and only the figures asked for are drawn", async () => {
  await writeTrials(join(folder, "small"), {
    trials: trialsOf([64]).map((trial) =>
      trial.miniBatchSize <= 2
        ? { ...trial, inputSizePx: trial.miniBatchSize === 1 ? 32 : 48, trialId: `s${trial.trialId}` }
        : trial,
    ),
  });
  const only = ["inference-time", "fitted-lines", "largest-mini-batch", "fitted-law"] as const;
  const drawn = await figuresOfDataset(join(folder, "small"), { only: [...only] });
  assert.deepEqual(
    drawn.figures.map(({ name }) => name),
    only,
  );
  assert.deepEqual(new Set(rows("inference-time", drawn.figures).map((row) => row.input_size_px)), new Set([64]));
  // One cell of 32 and one of 48 px are no lines, and are not shown beside lines.
  assert.deepEqual(new Set(rows("fitted-lines", drawn.figures).map((row) => row.input_size_px)), new Set([64]));
  // A design without a limit: shares of its largest peak and 3 %, 132 × 1.03 MiB; above 100 MiB a quarter and half of
  // that hold nothing.
  const memories = new Set(rows("largest-mini-batch", drawn.figures).flatMap((row) => row.memory_mib ?? []));
  assert.deepEqual([...memories], [136]);
  await writeTrials(join(folder, "one"), { trials: trialsOf([64]).filter(({ miniBatchSize }) => miniBatchSize === 2) });
  const one = await figuresOfDataset(join(folder, "one"), { only: ["fitted-lines", "fitted-law", "memory"] });
  assert.deepEqual(one.left, [
    { name: "fitted-lines", reason: "too few cells" },
    { name: "fitted-law", reason: "too few cells" },
  ]);
  assert.equal(medians("memory", one.figures).length, 1);
});

test("LaTeX tables have a row for each law, each candidate and each size, numbers by hand", () => {
  // Exact laws: −2 + 1234.6 mbs ms at 64 px, twice as much for warm-up; 999.4 + 10.23456 mbs MiB.
  const trials = [1, 2, 4].map((batch) => ({
    ...simulatedTrial(64, batch, Infinity),
    steadyMedianMs: 1234.6 * batch - 2,
    firstInferenceMs: 2 * (1234.6 * batch - 2),
    peakMemoryMib: 999.4 + 10.23456 * batch,
  }));
  const exceeding = { ...simulatedTrial(64, 8, Infinity), status: "out_of_memory" as const };
  const tables = latexTables(fitDevice(DEVICE, 1080, [...trials, exceeding], () => []));
  assert.deepEqual(
    tables.map(({ name }) => name),
    ["coefficients", "errors", "largest-mini-batch"],
  );
  const [coefficients, errors, largest] = tables.map(({ latex }) => latex.split("\n"));
  assert.deepEqual(coefficients?.slice(1, 3), ["\\begin{table}", "  \\centering"]);
  assert.match(coefficients?.[5] ?? "", /^ {2}\\caption\{.* device cpu-1t\. .*\}$/);
  assert.deepEqual(coefficients?.slice(6), [
    "  \\label{tab:coefficients}",
    "  \\begin{tabular}{lD{.}{.}{2.0}D{.}{.}{3.1}D{.}{.}{3.1}D{.}{.}{3.1}D{.}{.}{4.2}D{.}{.}{4.2}D{.}{.}{4.2}}",
    "    \\toprule",
    "    Quantity & \\multicolumn{1}{c}{Size (px)} & \\multicolumn{1}{c}{Constant} & " +
      "\\multicolumn{2}{c}{95 \\% interval} & \\multicolumn{1}{c}{Per image} & \\multicolumn{2}{c}{95 \\% interval} \\\\",
    "    \\midrule",
    "    Latency L (ms) & 64 & -2 & -2 & -2 & 1235 & 1235 & 1235 \\\\",
    "    Warm-up W (ms) & 64 & -4 & -4 & -4 & 2469 & 2469 & 2469 \\\\",
    "    Peak memory P (MiB) & 64 & 999.4 & 999.4 & 999.4 & 10.23 & 10.23 & 10.23 \\\\",
    "    \\bottomrule",
    "  \\end{tabular}",
    "\\end{table}",
    "",
  ]);
  const chosen = errors?.filter((line) => line.includes(" * & ")) ?? [];
  assert.equal(chosen.length, 3, "one form is chosen for each quantity");
  const none = String.raw`\multicolumn{1}{c}{--}`;
  assert.match(chosen[0] ?? "", /^ {4}Latency & [^&]+ \* & /);
  assert.ok(chosen[0]?.endsWith(` & 0.0 & ${none} & 0.0 & ${none} \\\\`), chosen[0]);
  assert.ok(errors?.some((line) => line.includes("Theil--Sen in mbs, per size")));
  assert.ok(largest?.includes("    64 & 4 & measured & 4 & 8 \\\\"), largest?.join("\n"));
  const [, , neverExceeded] = latexTables(fitDevice(DEVICE, 1080, trials, () => []));
  const atLeast = String.raw`    64 & \geq 4 & at least & 4 & \multicolumn{1}{c}{--} \\`;
  assert.ok(neverExceeded?.latex.split("\n").includes(atLeast), neverExceeded?.latex);
  assert.match(largest?.[5] ?? "", /within 1080 MiB, device cpu-1t/);
  const unlimited = latexTables(fitDevice(DEVICE, undefined, trials, () => []));
  assert.deepEqual(
    unlimited.map(({ name }) => name),
    ["coefficients", "errors"],
  );
});

test("a trial that lacks a value is left out of the figures of that value alone", async () => {
  const [first, second, ...others] = trialsOf([224]);
  assert.ok(first !== undefined && second !== undefined);
  const lacking = { ...first, peakMemoryMib: undefined, steadyMedianMs: undefined };
  await writeTrials(join(folder, "lacking"), { trials: [lacking, { ...second, peakMemoryMib: 160 }, ...others] });
  const only = ["memory", "inference-time"] as const;
  const { figures: drawn } = await figuresOfDataset(join(folder, "lacking"), { only });
  // Of the first cell's trials, 10 % above, 10 % below and on the law of 10 ms, the first has no steady inference.
  const cell = rows("inference-time", drawn).filter((row) => row.mini_batch_size === 1);
  assert.deepEqual(
    cell.map((row) => [row.panel, ...[row.median_ms, row.low_ms, row.high_ms].map(rounded)]),
    [
      ["without warm-up", 9.5, 9, 10],
      ["with warm-up", 50, 45, 55],
    ],
  );
  assert.equal(rows("memory", drawn)[0]?.peak_memory_mib, 155, "of 160 and 150 MiB");
});

test("a mistake of ours is no reason to leave a figure out", async () => {
  await assert.rejects(figuresOfDataset(join(folder, "study"), { only: ["nothing" as never] }), TypeError);
});
