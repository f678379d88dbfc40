import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { planGoalOf } from "../../../pipeline/until/plan-goal.js";
import { parsePercent, parseUntil } from "../../../pipeline/until/until-goal.js";
import { UserError } from "../../../src/core/user-error.js";
import { designSchema } from "../../../src/design/design.js";

const DESIGN = designSchema.parse({
  ...{ name: "small", input_sizes_px: [64, 224], mini_batch_sizes: [1, 2, 4] },
  devices: [{ threads: 1 }, { threads: 2, concurrent: 2 }],
});

const folder = mkdtempSync(join(tmpdir(), "batchwise-until-goal-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const OUT = join(folder, "asked");

function placedOf(text: string) {
  const goal = parseUntil(text);
  assert.ok(goal.kind === "plan");
  return planGoalOf(DESIGN, goal, { folder: OUT, indifference: 0.02, budgetMs: 1000 });
}

/** The one part of a question, and how many repeated processes it wants. */
function onlyPartOf(text: string) {
  const { goal } = placedOf(text);
  const [part] = goal.parts;
  assert.ok(part !== undefined && goal.parts.length === 1);
  return { ...part, leastRepeated: goal.leastRepeated };
}

function deviceFile(name: string, devices: readonly object[]): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ devices }));
  return path;
}

const NONE = { maxUses: Number.POSITIVE_INFINITY, maxLatencyMs: Number.POSITIVE_INFINITY, indifference: 0.02 };

test("a plan's question is read as plan reads it, and becomes what is decided", () => {
  const part = onlyPartOf(
    "plan soft --images 10000 --deadline '10 s' --devices 32 --size 64 --max-uses 50 --start cold",
  );
  assert.deepEqual(
    [part.inputSizePx, part.devices, part.start, part.device.threads, part.leastRepeated],
    [64, 32, "cold", 1, 0],
  );
  assert.deepEqual(part.question, { ...NONE, objective: "devices", timeMs: 10_000, images: 10_000, maxUses: 50 });
  const relaxed = onlyPartOf(
    'plan relaxed --budget "1 min" --devices 2 --max-latency 50ms --concurrent 2 --confidence 0.9',
  );
  assert.deepEqual([relaxed.inputSizePx, relaxed.device.threads, relaxed.leastRepeated], [224, 2, 9]);
  assert.deepEqual(
    [relaxed.question.objective, relaxed.question.images, relaxed.question.maxLatencyMs],
    ["images", 0, 50],
  );
});

test("a hard plan wants as many processes as the design has trials, a cap on a percentile as many as that needs", () => {
  const hard = "plan hard --images 100 --deadline 10s --devices 4";
  assert.deepEqual([onlyPartOf(hard).question.objective, onlyPartOf(hard).leastRepeated], ["devices", 3]);
  assert.equal(onlyPartOf(`${hard} --confidence 0.8`).leastRepeated, 4);
  const { question, leastRepeated } = onlyPartOf("plan relaxed --budget 1s --max-latency p90=20ms");
  assert.deepEqual([question.maxLatencyMs, question.maxLatencyShare, leastRepeated], [20, 0.9, 9]);
});

test("without a deadline all images are classified as soon as one device can", () => {
  const devices = deviceFile("priced.json", [{ name: "a", count: 3, price_per_hour: 2, dataset: "asked" }]);
  const { question } = onlyPartOf(`plan best-effort --images 700 --devices ${devices}`);
  assert.deepEqual(question, { ...NONE, objective: "images", timeMs: Number.POSITIVE_INFINITY, images: 700 });
});

test("least energy is decided by what the device file says of it", () => {
  const energy_per_mini_batch_j = { 1: 2, 2: 3 };
  const devices = deviceFile("energy.json", [
    { name: "a", count: 3, idle_w: 7, dataset: "asked", energy_per_mini_batch_j, warmup_energy_j: { 1: 5 } },
  ]);
  const { question } = onlyPartOf(`plan soft --images 700 --deadline 10s --objective energy --devices ${devices}`);
  const { energy, images, timeMs } = question;
  assert.deepEqual([images, timeMs, energy?.idleW, energy?.devices], [700, 10_000, 7, 3]);
  assert.deepEqual(
    [1, 2, 4].map((size) => [energy?.perMiniBatchJ(size), energy?.firstJ?.(size)]),
    [
      [2, 5],
      [3, undefined],
      [undefined, undefined],
    ],
  );
});

test("each device and input size that the sweep's dataset stands for is a part, with its places in the fleet", () => {
  const devices = deviceFile("several.json", [
    { name: "one thread", count: 3, threads: 1, dataset: "asked", input_size_px: 64 },
    { name: "given", count: 5, latency_ms: { 1: 5, 2: 8 }, warmup_ms: { 1: 9, 2: 9 } },
    { name: "two threads", count: 2, threads: 2, dataset: "asked", input_size_px: 64, max_mini_batch_size: 2 },
    { name: "one thread, spot", count: 4, threads: 1, dataset: "asked", input_size_px: 64 },
  ]);
  const { goal, places } = placedOf(`plan soft --images 100 --deadline 1s --devices ${devices}`);
  assert.deepEqual(
    goal.parts.map((part) => [part.device.threads, part.inputSizePx, part.devices, part.maxMiniBatchSize]),
    [
      [1, 64, 7, undefined],
      [2, 64, 2, 2],
    ],
  );
  assert.ok(goal.parts.every(({ question }) => question.objective === "images"));
  assert.deepEqual(places, [
    [
      { type: 0, workload: 0 },
      { type: 3, workload: 0 },
    ],
    [{ type: 2, workload: 0 }],
  ]);
  const own = { name: "own", count: 3, dataset: "asked" };
  const given = { name: "given", count: 5, latency_ms: { 1: 5, 2: 8 }, warmup_ms: { 1: 9, 2: 9 } };
  const objectiveOf = (name: string, all: readonly object[]) =>
    onlyPartOf(`plan soft --images 100 --deadline 1s --devices ${deviceFile(name, all)}`).question.objective;
  assert.deepEqual([objectiveOf("alone.json", [own]), objectiveOf("beside.json", [own, given])], ["devices", "images"]);
  const workloads = placedOf("plan soft --workload 64=1000 --workload 224=500 --deadline 10s --devices 8");
  assert.deepEqual(
    workloads.goal.parts.map(({ inputSizePx, devices: count }) => [inputSizePx, count]),
    [
      [64, 8],
      [224, 8],
    ],
  );
  assert.deepEqual(workloads.places, [[{ type: 0, workload: 0 }], [{ type: 0, workload: 1 }]]);
});

test("least cost for the most images is asked for, and a path that leads to the dataset names it", () => {
  const real = join(folder, "real");
  mkdirSync(real);
  symlinkSync(real, join(folder, "link"));
  const devices = deviceFile("linked.json", [{ name: "a", count: 3, price_per_hour: 2, dataset: "real/asked" }]);
  const goal = parseUntil(`plan relaxed --budget 3s --objective cost --devices ${devices}`);
  assert.ok(goal.kind === "plan");
  const { parts } = planGoalOf(DESIGN, goal, {
    ...{ folder: join(folder, "link", "asked"), indifference: 0.02, budgetMs: 1000 },
  }).goal;
  assert.deepEqual(
    parts.map(({ devices: count, question: { objective } }) => [count, objective]),
    [[3, "images"]],
  );
});

test("a precision and the claims are read, however blanks stand", () => {
  assert.deepEqual(parseUntil("  precision   2.5% "), { kind: "precision", text: "precision 2.5%", halfWidth: 0.025 });
  assert.deepEqual(parseUntil("claims"), { kind: "claims", text: "claims" });
});

test("what can't be measured until is one line that says what is allowed", () => {
  const refused: [text: string, message: RegExp][] = [
    ["", /^--until "": allowed are plan/],
    ["everything", /^--until "everything": allowed are plan/],
    ["claims 1", /^--until "claims 1": allowed are plan/],
    ["precision", /^--until "precision": allowed are plan/],
    ["precision 0%", /^--until precision "0%": allowed are per cent above 0/],
    ["precision 5", /^--until precision "5": allowed are per cent above 0/],
    ["plan", /^--until: plan : allowed are soft, relaxed, hard, best-effort$/],
    ["plan hard --images 1", /^--deadline: missing/],
    ["plan soft --images 1", /^--deadline: missing/],
    ["plan soft --images x --deadline 1s", /^--images "x": allowed are whole numbers/],
    ["plan soft --deadlines 1s", /^--until: plan soft: unknown option '--deadlines'/],
    ["plan soft --help", /^--until: plan soft: --help, allowed are --images/],
    ["plan soft data/quick --images 1 --deadline 1s", /^--until: plan soft: data\/quick, allowed are --images/],
    ["plan soft --images 1 --deadline 1s --pareto 3", /^--until: plan soft: --pareto, allowed are --images/],
    ["plan soft --images 1 --deadline '1s", /a quote is not closed$/],
  ];
  for (const [text, message] of refused) {
    assert.throws(
      () => parseUntil(text),
      (error: unknown) => {
        assert.ok(error instanceof UserError, text);
        assert.match(error.message, message, text);
        return !error.message.includes("\n");
      },
    );
  }
  const elsewhere = deviceFile("elsewhere.json", [
    { name: "given", count: 5, latency_ms: { 1: 5, 2: 8 }, warmup_ms: { 1: 9, 2: 9 } },
  ]);
  const given = { name: "given", count: 5, latency_ms: { 1: 5, 2: 8 }, warmup_ms: { 1: 9, 2: 9 } };
  const beside = deviceFile("given-beside.json", [given, { name: "a", count: 3, dataset: "asked" }]);
  const small = deviceFile("small.json", [{ name: "a", count: 3, dataset: "asked", max_mini_batch_size: 1 }]);
  const hosted = deviceFile("hosted.json", [{ name: "a", count: 3, dataset: "asked", host: "x" }]);
  const own = { count: 3, dataset: "asked", energy_per_mini_batch_j: { 1: 2, 2: 3 } };
  const frugal = deviceFile("frugal.json", [
    { ...own, name: "a", threads: 1 },
    { ...own, name: "b", threads: 2 },
  ]);
  const unpriced = deviceFile("unpriced.json", [{ name: "a", count: 3, dataset: "asked" }]);
  for (const [text, message] of [
    ["plan soft --images 1 --deadline 1s --devices d.json", /^devices d.json: /],
    [
      `plan soft --images 1 --deadline 1s --devices ${elsewhere}`,
      /no device of it names the dataset .*asked \(--out\)$/,
    ],
    [`plan best-effort --images 1 --devices ${unpriced}`, /price_per_hour/],
    [`plan best-effort --images 1 --devices 2`, /^device alike: price_per_hour is not given/],
    [
      `plan soft --images 1 --deadline 1s --confidence 0.9 --devices ${beside}`,
      /^confidence: needs measured functions/,
    ],
    [
      `plan soft --images 1 --deadline 1s --devices ${hosted}`,
      /device a: host x: allowed is none, this machine measures$/,
    ],
    ["plan soft --images 1 --deadline 1s --objective energy", /^device alike: no mini-batch size has its energies/],
    [
      `plan soft --images 1 --deadline 1s --objective energy --devices ${frugal}`,
      /energy: allowed with devices of one kind/,
    ],
    ["plan relaxed --budget 1s --objective devices", /^objective devices: of relaxed plans allowed are/],
    ["plan soft --workload 64=1 --workload 96=1 --deadline 1s", /input size 96: .* allowed are 64, 224$/],
    ["plan soft --workload a=1 --workload b=1 --deadline 1s", /^input size "a": allowed are whole numbers/],
  ] as const) {
    assert.throws(() => placedOf(text), { name: "UserError", message });
  }
  const goal = parseUntil(`plan soft --images 1 --deadline 1s --devices ${small}`);
  assert.ok(goal.kind === "plan");
  const larger = { ...DESIGN, mini_batch_sizes: [2, 4] };
  assert.throws(() => planGoalOf(larger, goal, { folder: OUT, indifference: 0.02, budgetMs: 1000 }), {
    name: "UserError",
    message: "--until: device a: max_mini_batch_size 1: design small has 2, 4",
  });
  assert.throws(() => placedOf("plan soft --images 1 --deadline 1s --size 96"), /--size 96: .* allowed are 64, 224$/);
  assert.throws(
    () => placedOf("plan soft --images 1 --deadline 1s --threads 3"),
    /no such device, allowed are cpu-1t, cpu-2t-2c$/,
  );
});

test("per cent are above 0 and below what makes sense: of a budget more than the whole, too", () => {
  assert.deepEqual([parsePercent("--indifference", "2%"), parsePercent("--budget", "150 %", 10_000)], [0.02, 1.5]);
  for (const text of ["0%", "100%", "5", "x%"]) {
    assert.throws(() => parsePercent("--indifference", text), /allowed are per cent above 0 and below 100, as in 5%$/);
  }
  assert.throws(() => parsePercent("--budget", "10000%", 10_000), /below 10000/);
});
