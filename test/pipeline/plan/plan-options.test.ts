import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { readPart } from "../../../src/dataset/part-file.js";
import { trialsTable } from "../../../src/dataset/tables.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const REFERENCE = join(PACKAGE_ROOT, "data", "reference-cpu");
const folder = mkdtempSync(join(tmpdir(), "batchwise-plan-options-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Within a second a fast device classifies 164 images, four at a time: 200 ms and 40 × 20 ms, for 1 (a second of 3600
 * an hour) and 41 × 2 J. A cheap one classifies 44: 200 ms and 10 × 80 ms, for 0.2 and 11 × 1 J.
 */
const FAST = {
  name: "fast",
  count: 2,
  price_per_hour: 3600,
  latency_ms: { 1: 10, 4: 20 },
  warmup_ms: { 1: 100, 4: 200 },
  load_ms: 300,
  energy_per_mini_batch_j: { 1: 1, 4: 2 },
  warmup_energy_j: { 1: 1, 4: 2 },
};
const CHEAP = {
  ...FAST,
  name: "cheap",
  count: 4,
  price_per_hour: 720,
  latency_ms: { 1: 40, 4: 80 },
  energy_per_mini_batch_j: { 1: 0.5, 4: 1 },
  warmup_energy_j: { 1: 0.5, 4: 1 },
};

function deviceFile(name: string, devices: readonly object[]): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ devices }));
  return path;
}

const both = deviceFile("both.json", [FAST, CHEAP]);

function done(...args: string[]) {
  const ended = spawnSync(process.execPath, [CLI, "plan", ...args], { encoding: "utf8", cwd: PACKAGE_ROOT });
  assert.equal(ended.status, 0, ended.stderr);
  return ended;
}

function run(...args: string[]): string {
  return done(...args).stdout;
}

interface Answer {
  readonly objective: { devices: number; images: number; finish_ms: number; cost?: number; energy_j?: number };
  readonly devices: {
    type: string;
    workload?: string;
    mini_batch_size: number;
    further_mini_batches: number;
    last_mini_batch_size?: number;
    images: number;
    finish_ms: number;
  }[];
  readonly question: { start: string; billing?: string; sources: Record<string, unknown>[] };
  readonly binding_limits: { limit: string; without: string }[];
}

function answer(...args: string[]): Answer {
  return JSON.parse(run(...args, "--json"));
}

const SOFT = ["soft", "--images", "164", "--deadline", "1s", "--devices", both] as const;

test("a soft plan takes the one fast device that is enough, and says what it costs and takes", () => {
  assert.equal(
    run(...SOFT),
    [
      "devices  type  mini-batch size  mini-batches  images  finish",
      "      1  fast                4            41     164     1 s",
      "",
      "1 device, 164 images, finished after 1 s; cost 1; energy 82 J; proven optimal (closed form)",
      "",
    ].join("\n"),
  );
});

for (const [cap, cost] of [
  ["--max-cost 0.9", 0.8],
  ["--max-energy-j 50", 0.8],
  ["--max-power-w 60", 0.8], // 2 J in 20 ms are 100 W, 1 J in 80 ms 12.5 W
] as const) {
  test(`${cap} leaves out the fast device, four cheap ones take its place, and the limit is said to bind`, () => {
    const { objective, devices, binding_limits } = answer(...SOFT, ...cap.split(" "));
    assert.deepEqual(
      devices.map(({ type }) => type),
      ["cheap", "cheap", "cheap", "cheap"],
    );
    assert.deepEqual([objective.images, objective.cost, objective.energy_j], [164, cost, 41]);
    assert.deepEqual(binding_limits, [{ limit: cap, without: "1 device in place of 4" }]);
  });
}

test("--billing busy pays until each device finishes", () => {
  // By hand: four first mini-batches of 200 ms and 37 further ones of 80 ms are 3.76 s, at 0.2 a second. Reserved: 0.8.
  assert.equal(answer(...SOFT, "--objective", "cost", "--billing", "busy").objective.cost, 0.752);
});

test("best effort has no deadline and takes the least cost: one cheap device, however long that takes", () => {
  const { objective, devices } = answer("best-effort", "--images", "164", "--devices", both);
  assert.deepEqual(objective, { devices: 1, images: 164, finish_ms: 3400, cost: 0.68, energy_j: 41 });
  assert.equal(devices[0]?.type, "cheap");
});

test("--max-sizes keeps a plan to so many different mini-batch sizes", () => {
  const alone = { price_per_hour: undefined, energy_per_mini_batch_j: undefined, warmup_energy_j: undefined };
  const large = { ...FAST, ...alone, count: 1, latency_ms: { 4: 20 } };
  const pairs = { ...FAST, ...alone, name: "pairs", latency_ms: { 2: 30 }, warmup_ms: { 2: 100 } }; // 31 × 2 images
  const small = { ...CHEAP, ...alone, latency_ms: { 4: 80 } };
  const args = [
    "soft",
    "--images",
    "210",
    "--deadline",
    "1s",
    "--devices",
    deviceFile("s.json", [large, pairs, small]),
  ];
  // 164 + 62 images on two devices without the option; 164 + 44 + 44 with it.
  assert.deepEqual(
    answer(...args, "--max-sizes", "1").devices.map(({ mini_batch_size }) => mini_batch_size),
    [4, 4, 4],
  );
});

test("--mini-batch-size is the one of all devices", () => {
  const { objective, devices } = answer(...SOFT, "--mini-batch-size", "1");
  assert.deepEqual(
    devices.map(({ type, mini_batch_size, further_mini_batches }) => [type, mini_batch_size, further_mini_batches]),
    [
      ["fast", 1, 81],
      ["fast", 1, 81],
    ],
  );
  assert.equal(objective.finish_ms, 910);
});

test("--start cold counts the load, warm neither load nor warm-up", () => {
  const finish = (start: string) => answer(...SOFT, "--images", "84", "--start", start).objective.finish_ms;
  assert.deepEqual([finish("cold"), finish("warm")], [900, 420]); // loaded: 600
});

test("--shorter-last lets a device end with a smaller mini-batch that takes its own time", () => {
  const file = deviceFile("alike.json", [{ ...FAST, warm_up_per_shape: false }]);
  const args = ["--images", "5", "--deadline", "1s", "--mini-batch-size", "4", "--shorter-last", "--devices", file];
  const { objective, devices } = answer("soft", ...args);
  const [{ further_mini_batches, last_mini_batch_size, images } = {}] = devices;
  assert.deepEqual([objective.finish_ms, further_mini_batches, last_mini_batch_size, images], [210, 1, 1, 5]);
});

test("each --workload has its own images and its own functions", () => {
  const { price_per_hour: _, latency_ms: __, warmup_ms: ___, ...others } = CHEAP;
  const { latency_ms, warmup_ms } = FAST;
  const workloads = { cats: { latency_ms, warmup_ms }, dogs: { latency_ms: CHEAP.latency_ms, warmup_ms } };
  const { name, count } = others;
  const file = deviceFile("workloads.json", [{ name, count, workloads }]);
  const asked = ["--workload", "cats=160", "--workload", "dogs=88"];
  const { devices } = answer("soft", "--deadline", "1s", ...asked, "--devices", file);
  const used = devices.map(({ workload, images }) => `${workload} ${images}`);
  assert.deepEqual(used.sort(), ["cats 160", "dogs 44", "dogs 44"]);
});

test("--formulation literal exports one choice per device and mini-batch size", () => {
  const literal = run(...SOFT, "--export", "lp", "--formulation", "literal");
  // Six devices with two sizes each; the time of a fast one in units of 10 ms.
  assert.equal(new Set(literal.match(/\bz_\d_[14]\b/g)).size, 12);
  assert.match(literal, /^ time_0: 10 z_0_1 \+ 1 t_0_1 \+ 20 z_0_4 \+ 2 t_0_4 <= 100$/m);
});

test("--model-name and --storage-uri name the model in a serving configuration", () => {
  const uri = "s3://bucket/cats";
  const service = run(...SOFT, "--export", "kserve", "--model-name", "cats", "--storage-uri", uri);
  assert.match(service, /^ {2}name: "cats-images-fast-b4"$/m);
  assert.match(service, /^ {6}storageUri: "s3:\/\/bucket\/cats"$/m);
});

test("--figures draws the plan with its data beside it", () => {
  const out = join(folder, "figures");
  const printed = run(...SOFT, "--figures", out);
  const names = ["deadline-frontier", "mini-batch-by-deadline", "plan-gantt"];
  const files = names.flatMap((name) => ["csv", "pdf", "png", "svg", "vl.json"].map((ending) => `${name}.${ending}`));
  assert.deepEqual(readdirSync(out).sort(), [...files, "captions.md", "captions.tex", "tables"].sort());
  assert.match(readFileSync(join(out, "captions.md"), "utf8"), /on at most \d+ fast/);
  assert.match(
    readFileSync(join(out, "tables", "plan.tex"), "utf8"),
    /A plan of 1 device for 164 images.*\n {4}1 & fast & 4 & 41 & 164 & 1000\.000 /s,
  );
  for (const file of files) assert.ok(printed.includes(`${join(out, file)}\n`), file);
  const gantt = ["device,type,mini_batch_size,part,start_ms,end_ms", "1,fast,4,first,0,200", "1,fast,4,later,200,1000"];
  assert.equal(readFileSync(join(out, "plan-gantt.csv"), "utf8").trim(), gantt.join("\n"));
  const frontier = readFileSync(join(out, "deadline-frontier.csv"), "utf8").trim().split("\n");
  // Two fast devices are enough as soon as each gets 84 images done, one at the plan's own deadline.
  assert.deepEqual(frontier.slice(-3), ["600,2", "1000,1", "1500,1"]);
  // The curve of mini-batch sizes goes from an eighth of the deadline to eight times it.
  const curve = readFileSync(join(out, "mini-batch-by-deadline.csv"), "utf8").trim().split("\n").slice(1);
  const deadlines = curve.map((line) => Number(line.split(",")[1]));
  assert.deepEqual([Math.min(...deadlines), Math.max(...deadlines)], [125, 8000]);
});

test("a dataset's devices are those of --provider, --threads, --concurrent and --size, with --max-uses at most", () => {
  const measured = ["--provider", "cpu", "--threads", "2", "--concurrent", "1", "--size", "128", "--max-uses", "3"];
  const { devices, question } = answer("relaxed", REFERENCE, "--budget", "20s", "--devices", "2", ...measured);
  const [{ provider, threads, concurrent, input_size_px } = {}] = question.sources;
  assert.deepEqual([provider, threads, concurrent, input_size_px], ["cpu", 2, 1, 128]);
  assert.deepEqual(
    devices.map(({ further_mini_batches }) => further_mini_batches),
    [3, 3],
  );
});

const ONE_MINI_BATCH = ["--images", "8", "--deadline", "60s", "--mini-batch-size", "8"];

test("a hard plan takes the worst first inference that was observed", () => {
  const firstMs = readPart(REFERENCE, trialsTable)
    .filter(({ inputSizePx, miniBatchSize, status }) => inputSizePx === 224 && miniBatchSize === 8 && status === "ok")
    .map(({ firstInferenceMs = 0 }) => firstInferenceMs)
    .sort((a, b) => a - b);
  assert.equal(firstMs.length, 5);
  const { finish_ms } = answer("hard", REFERENCE, ...ONE_MINI_BATCH).objective;
  assert.ok(Math.abs(finish_ms - (firstMs.at(-1) ?? 0)) <= 0.001, `${finish_ms} of ${firstMs}`);
});

test("the plan that README shows is what its command prints", () => {
  const lines = readFileSync(join(PACKAGE_ROOT, "README.md"), "utf8").split("\n");
  const start = lines.findIndex((line) => /^ {4}npm run batchwise -- plan .*--sensitivity$/.test(line));
  const end = lines.findIndex((line, index) => index > start && /^\S/.test(line));
  const [command = "", ...shown] = lines.slice(start, end).map((line) => line.slice(4));
  const { stdout, stderr } = done(...command.split(" ").slice(5));
  assert.equal(stdout.trim(), shown.join("\n").trim());
  assert.match(shown.join("\n"), /^limited by /m, "with what the options add");
  assert.match(
    stderr,
    /^note: cpu-2t, at 224 px only measured mini-batch sizes are used: .*\nnote: \d+ of 265 trials have cautions: .*\n$/,
  );
});
