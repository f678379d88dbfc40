import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { refusal } from "../refusal.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const REFERENCE = join(PACKAGE_ROOT, "data", "reference-cpu");
const folder = mkdtempSync(join(tmpdir(), "batchwise-import-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const write = (name: string, text: string) => {
  writeFileSync(at(name), text);
  return at(name);
};

function batchwise(args: readonly string[], input = "") {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8", input });
  return { status, stdout, stderr };
}

const OF = [
  "--device",
  "theirs",
  "--model",
  "resnet50",
  "--size",
  "224",
  "--by",
  "them",
  "--source",
  "a page",
  "--licence",
  "MIT",
];
const HOW = ["--provider", "cuda", "--threads", "1", "--batch", "8", "--json"];
const READ = [
  ...["--column", "latency=GPU time", "--where", "run=1", "--time-unit", "ms", "--throughput-unit", "images/s"],
  ...["--decimal", "point", "--table", "1", "--rows", "summaries"],
];
const TABLE = "run,batch,concurrency,GPU time\n1,8,1,20\n2,8,1,90\n";
const LOG = "Throughput: 50 qps\nLatency: mean = 20 ms, median = 19 ms, percentile(99%) = 25 ms\n";
const ORT = "Average inference time cost: 20 ms\nP99 Latency: 0.025 s\n";
const MLPERF = "Scenario : MultiStream\nMean latency (ns) : 20000000\n";

for (const [format, name, text, isTable] of [
  ["table", "t.csv", TABLE, true],
  ["perf-analyzer", "p.csv", TABLE, true],
  ["model-analyzer", "m.csv", TABLE, true],
  ["trtexec", "x.log", LOG, false],
  ["onnxruntime-perf-test", "o.txt", ORT, false],
  ["mlperf", "s.txt", MLPERF, false],
] as const) {
  test(`import ${format} with all that can be told of it`, () => {
    const out = at(`all-${format}`);
    const args = ["import", format, write(name, text), "--out", out, ...OF, ...HOW, ...(isTable ? READ : [])];
    const { status, stdout, stderr } = batchwise(args);
    assert.deepEqual([status, stderr], [0, ""]);
    assert.deepEqual(JSON.parse(stdout).trials, 1);
    const { provenance } = JSON.parse(readFileSync(join(out, "datapackage.json"), "utf8"));
    const { format: own, device, measured_by, source, licence, files } = provenance.imported;
    assert.deepEqual([own, device, measured_by, source, licence], [format, "theirs", "them", "a page", "MIT"]);
    assert.deepEqual([files.length, files[0].name, files[0].bytes], [1, name, text.length]);
    assert.deepEqual(provenance.design.devices, [{ provider: "cuda", threads: 1, concurrent: 1 }]);
    assert.equal(batchwise(["dataset", "check", out]).stdout, `dataset ${out} is sound\n`);
    const [latency] = readFileSync(join(out, "summaries", "part-0.csv"), "utf8")
      .split("\n")
      .slice(1, 2)
      .map((line) => line.split(",")[1]);
    assert.equal(latency, "20");
  });
}

const CURVE = `batch,latency (ms),p50 (ms),p99 (ms)
1,9.3,9.2,10.1
2,9.4,9.3,10.2
4,9.5,9.4,10.4
8,9.7,9.6,10.9
16,10.9,10.8,11.8
32,20.1,20,22
`;
before(() => {
  const { status } = batchwise(["import", "table", "-", "--out", at("curve"), ...OF], CURVE);
  assert.equal(status, 0);
});

test("a table on standard input becomes the same dataset to the byte, and none where there is one", async () => {
  assert.equal(batchwise(["import", "table", "-", "--out", at("again"), ...OF], CURVE).status, 0);
  for (const file of ["datapackage.json", "trials/part-0.csv", "summaries/part-0.csv"]) {
    assert.equal(readFileSync(join(at("again"), file), "utf8"), readFileSync(join(at("curve"), file), "utf8"), file);
  }
  assert.match(
    await refusal(["import", "table", write("c.csv", CURVE), "--out", at("curve")]),
    /is there already, choose another folder/,
  );
});

test("a sweep does not go on with an imported dataset", async () => {
  const design = join(PACKAGE_ROOT, "pipeline", "designs", "quick.json");
  const { status, stderr } = batchwise(["sweep", "--design", design, "--out", at("curve")]);
  assert.equal(status, 2);
  assert.match(stderr, /was imported, choose another folder/);
});

test("fit says where it comes from and what is unknown, and has nothing of warm-up and memory", () => {
  const { status, stdout } = batchwise(["fit", at("curve")]);
  assert.equal(status, 0);
  assert.match(
    stdout,
    /^theirs: measured by them \(a page\), imported from standard input; unknown: warm-up, load time, memory/m,
  );
  assert.match(stdout, /^law and deviation: .*; cells, each measured once, scatter by/m);
  assert.ok(!/warmup_ms|peak_memory_mib/.test(stdout), stdout);
  const { devices } = JSON.parse(batchwise(["fit", at("curve"), "--json"]).stdout);
  assert.equal(devices[0].imported.measured_by, "them");
  assert.deepEqual(
    [...new Set(devices[0].functions.map(({ quantity }: { quantity: string }) => quantity))],
    ["latency_ms"],
  );
});

test("plans start warm, or take the warm-up from elsewhere", () => {
  const ask = (...flags: string[]) =>
    batchwise([
      "plan",
      "soft",
      at("curve"),
      "--images",
      "10000",
      "--deadline",
      "10s",
      "--devices",
      "4",
      "--json",
      ...flags,
    ]);
  const finish = ({ stdout }: { stdout: string }): number => JSON.parse(stdout).devices[0].finish_ms;
  const [warm, five, like, told] = [
    ask(),
    ask("--warmup-from", "5"),
    ask("--warmup-from", REFERENCE),
    ask("--start", "warm"),
  ];
  assert.match(warm.stderr, /note: warm-up is not known: devices are taken to start warm/);
  // 313 mini-batches of 32 of some 20.1 ms each; with the first one as long as five of them four more.
  assert.ok(Math.abs(finish(warm) / (313 * 20.1) - 1) < 0.03);
  assert.ok(Math.abs((finish(five) - finish(warm)) / (4 * 20.1) - 1) < 0.03);
  assert.match(five.stderr, /its warm-up is taken as 5 times the latency/);
  assert.ok(finish(like) > finish(five), "a first inference of the reference takes more than five times as long");
  assert.match(like.stderr, /its warm-up is taken from cpu-2t in .*reference-cpu/);
  assert.equal(finish(told), finish(warm));
  assert.ok(!told.stderr.includes("taken to start warm"));
});

test("plans by a percentile take its times", () => {
  const by = (latency: string) =>
    JSON.parse(
      batchwise([
        "plan",
        "relaxed",
        at("curve"),
        "--budget",
        "10s",
        "--mini-batch-size",
        "32",
        "--latency",
        latency,
        "--json",
      ]).stdout,
    ).objective.images / 32;
  assert.ok(Math.abs(by("p99") / (10_000 / 22) - 1) < 0.03);
  assert.ok(Math.abs(by("median") / (10_000 / 20) - 1) < 0.03);
});

test("claims say what they can't judge, compare and figures what they can", () => {
  const claims = batchwise(["claims", at("curve")]);
  assert.equal(claims.status, 0);
  assert.match(claims.stdout, /warmup_over_latency: warm-up is not known/);
  assert.match(claims.stdout, /memory_slope_per_image_mib: memory is not known/);
  assert.match(claims.stdout, /plan-optimal: reproduced/);
  const other = at("faster");
  assert.equal(batchwise(["import", "table", "-", "--out", other, ...OF], CURVE.replaceAll("9.", "4.")).status, 0);
  const compared = batchwise(["compare", at("curve"), other, "--json"]);
  assert.equal(compared.status, 0);
  const figures = batchwise([
    "figures",
    at("curve"),
    "--out",
    at("figures"),
    "--only",
    "inference-time,fitted-law,memory",
  ]);
  assert.equal(figures.status, 0);
  assert.match(figures.stdout, /inference-time\.svg/);
  assert.match(figures.stdout, /not drawn: memory: /);
});

test("the report of an imported dataset says who measured it and what is unknown", () => {
  const out = at("report.html");
  assert.equal(batchwise(["report", at("curve"), "--out", out]).status, 0);
  const page = readFileSync(out, "utf8");
  assert.match(page, /Caution: theirs: measured by them \(a page\), imported from standard input; unknown: warm-up/);
  assert.match(page, /Caution: warm-up is not known, so that devices are taken to start warm/);
  assert.match(page, /Not known: others measured and do not say it\./);
});

test("published devices are listed, shown and planned with", async () => {
  const listed = batchwise(["devices", "list", "a100", "efficientnet-b0", "--json"]);
  assert.deepEqual(
    JSON.parse(listed.stdout).devices.map(({ number }: { number: string }) => number),
    ["15", "19"],
  );
  assert.match(
    batchwise(["devices", "list"]).stdout,
    /^ +15 +efficientnet-b0 on A100 80GB, tf32 +PyTorch +224 +1 to 256 +5154 +256 +to p99/m,
  );
  assert.match(
    batchwise(["devices", "show", "15"]).stdout,
    /blob\/729963dd[0-9a-f]{32}\/PyTorch\/Classification\/ConvNets\/efficientnet\/README\.md/,
  );
  assert.equal(JSON.parse(batchwise(["devices", "show", "15", "--json"]).stdout).rows.length, 9);
  const question = ["--images", "1000000", "--deadline", "60s"];
  const named = batchwise([
    "plan",
    "soft",
    "--device",
    "efficientnet-b0 on A100 80GB, tf32",
    "--devices",
    "8",
    ...question,
  ]);
  assert.deepEqual([named.status, /^4 devices, 1000000 images/m.test(named.stdout)], [0, true]);
  const file = write(
    "devices.json",
    JSON.stringify({ devices: [{ name: "a100", count: 8, functions: "published:15" }] }),
  );
  const ofFile = batchwise(["plan", "soft", "--devices", file, ...question]);
  assert.match(ofFile.stdout, /^4 devices, 1000000 images/m);
  assert.match(
    await refusal(["plan", "soft", REFERENCE, "--device", "15", ...question]),
    /not used beside --device 15/,
  );
  assert.match(
    await refusal(["plan", "soft", "--devices", file, "--device", "15", ...question]),
    /--device: not used beside the device file/,
  );
});

test("every class of plans takes a published device and a warm-up from elsewhere", () => {
  const of = ["--device", "106", "--warmup-from", "3", "--mini-batch-size", "8"];
  for (const args of [
    ["soft", "--images", "100", "--deadline", "1min"],
    ["relaxed", "--budget", "1min"],
    ["best-effort", "--images", "100", "--objective", "energy"],
  ]) {
    assert.equal(batchwise(["plan", ...args, ...of]).status, 0, args.join(" "));
  }
  const hard = ["plan", "hard", REFERENCE, "--images", "8", "--deadline", "10s", "--warmup-from", "3"];
  assert.equal(batchwise(hard).status, 0);
});
