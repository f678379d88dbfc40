import assert from "node:assert/strict";
import { test } from "node:test";
import { readPart } from "../../src/dataset/part-file.js";
import { inferencesTable } from "../../src/dataset/tables.js";
import { miniBatchOfName } from "../../src/importing/tool/mini-batch-of-name.js";
import { readMlperf } from "../../src/importing/tool/mlperf.js";
import { readOnnxruntimePerfTest } from "../../src/importing/tool/onnxruntime-perf-test.js";
import { readModelAnalyzer, readPerfAnalyzer } from "../../src/importing/tool/perf-analyzer.js";
import { readTrtexec } from "../../src/importing/tool/trtexec.js";
import { FROM, fileOf, imported, refusalOf } from "./imported.js";

// Made from what the tools' documentation says of their formats, with figures of our own.
const PERF_HEAD =
  "Concurrency,Inferences/Second,Client Send,Network+Server Send/Recv,Server Queue,Server Compute Input,Server Compute Infer,Server Compute Output,Client Recv,p50 latency,p90 latency,p95 latency,p99 latency";

test("perf_analyzer's CSV: concurrency 1 is latency, the mini-batch is that of the file's name", async () => {
  const files = [
    fileOf(
      "model_b1.csv",
      `${PERF_HEAD}\n1,200,20,300,40,50,4500,60,10,4950,5200,5400,6100\n4,350,20,300,4000,50,4500,60,10,11000,12000,13000,14000\n`,
    ),
    fileOf("model_b8.csv", `${PERF_HEAD}\n1,400,20,300,40,50,19000,60,10,19900,20500,21000,24000\n`),
  ];
  const { rows, summaries, notes } = await imported(files, (source) => readPerfAnalyzer(source, {}));
  assert.deepEqual(
    rows.map(({ miniBatchSize, steadyMedianMs }) => [miniBatchSize, steadyMedianMs]),
    [
      [1, 4.95],
      [8, 19.9],
    ],
  );
  assert.deepEqual(
    summaries.map(({ latencyMs, latencyFrom, p99Ms, imagesPerS }) => [latencyMs, latencyFrom, p99Ms, imagesPerS]),
    [
      [5, "throughput", 6.1, 200],
      [20, "throughput", 24, 400],
    ],
  );
  assert.match(notes.join(), /1 row of more than one request at a time left out: these say queueing/);
});

test("perf_analyzer's CSV without a mini-batch anywhere is refused", async () => {
  const file = fileOf("report.csv", `${PERF_HEAD}\n1,200,20,300,40,50,4500,60,10,4950,5200,5400,6100\n`);
  assert.match(
    await refusalOf(() => imported([file], (source) => readPerfAnalyzer(source, {}))),
    /report.csv: no column for the mini-batch, allowed is --batch/,
  );
  const { rows } = await imported([file], (source) => readPerfAnalyzer(source, { miniBatchSize: 2 }));
  assert.equal(rows[0]?.miniBatchSize, 2);
});

test("Model Analyzer's metrics: a configuration at a time", async () => {
  const file = fileOf(
    "metrics-model-inference.csv",
    `Model,Batch,Concurrency,Model Config Path,Instance Group,Satisfies Constraints,Throughput (infer/sec),p99 Latency (ms)
resnet50,1,1,resnet50_config_default,1:GPU,Yes,200.0,6.0
resnet50,8,1,resnet50_config_default,1:GPU,Yes,400.0,25.0
resnet50,8,4,resnet50_config_default,1:GPU,Yes,500.0,80.0
resnet50,8,1,resnet50_config_0,2:GPU,Yes,600.0,30.0
`,
  );
  assert.match(
    await refusalOf(() => imported([file], (source) => readModelAnalyzer(source, {}))),
    /several values of (Model Config Path|Instance Group), .*allowed is --where/,
  );
  const where = new Map([["Model Config Path", "resnet50_config_default"]]);
  const { summaries } = await imported([file], (source) => readModelAnalyzer(source, { where }));
  assert.deepEqual(
    summaries.map(({ latencyMs, p99Ms }) => [latencyMs, p99Ms]),
    [
      [5, 6],
      [20, 25],
    ],
  );
});

const TRT_LOG = `&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=model.onnx --shapes=input:8x3x192x192 --fp16
[11/27/2026-10:00:00] [I] === Performance summary ===
[11/27/2026-10:00:00] [I] Throughput: 51.5 qps
[11/27/2026-10:00:00] [I] Latency: min = 19.1 ms, max = 26.6 ms, mean = 19.6 ms, median = 19.5 ms, percentile(90%) = 20.1 ms, percentile(95%) = 20.4 ms, percentile(99%) = 24.9 ms
[11/27/2026-10:00:00] [I] Enqueue Time: min = 0.3 ms, max = 0.6 ms, mean = 0.4 ms, median = 0.4 ms, percentile(90%) = 0.4 ms
`;

test("trtexec's log: mini-batch and input size from its shapes, queries are of a whole mini-batch", async () => {
  const { rows, summaries } = await imported([fileOf("run.log", TRT_LOG)], readTrtexec);
  assert.deepEqual([rows[0]?.miniBatchSize, rows[0]?.inputSizePx, rows[0]?.steadyMedianMs], [8, 192, 19.5]);
  const { latencyMs, latencyFrom, p90Ms, p95Ms, p99Ms, imagesPerS } = summaries[0] ?? {};
  assert.deepEqual([latencyMs, latencyFrom, p90Ms, p95Ms, p99Ms, imagesPerS], [19.6, "mean", 20.1, 20.4, 24.9, 412]);
});

test("trtexec's exported times are single inferences, however few", async () => {
  const times = [5, 6, 4, 9].map((latencyMs, index) => ({
    startH2dMs: 10 * index,
    computeMs: latencyMs - 1,
    latencyMs,
  }));
  const { folder, rows, summaries, inferences } = await imported(
    [fileOf("times_bs4.json", JSON.stringify(times))],
    readTrtexec,
  );
  assert.deepEqual([rows[0]?.miniBatchSize, rows[0]?.steadyMedianMs, rows[0]?.steadyMadMs, inferences], [4, 5.5, 1, 4]);
  assert.equal(summaries[0]?.latencyMs, 6);
  assert.deepEqual(
    readPart(folder, inferencesTable).map(({ iteration, latencyMs }) => [iteration, latencyMs]),
    [
      [1, 5],
      [2, 6],
      [3, 4],
      [4, 9],
    ],
  );
});

test("trtexec's exported profile is the sum of its layers, and that is said", async () => {
  const profile = [
    { count: 100 },
    { name: "conv1", timeMs: 150, averageMs: 1.5 },
    { name: "fc", timeMs: 50, averageMs: 0.5 },
  ];
  const { summaries, notes } = await imported([fileOf("profile_b2.json", JSON.stringify(profile))], readTrtexec);
  assert.equal(summaries[0]?.latencyMs, 2);
  assert.match(notes.join(), /sum of the layers' means, without transfers/);
});

test("onnxruntime_perf_test: warm-up, load and memory where it prints them", async () => {
  const text = `Session creation time cost: 0.25 s
First inference time cost: 90 ms
Total inference time cost: 2 s
Total inference requests: 100
Average inference time cost: 20 ms
Total inference run time: 2.01 s
Number of inferences per second: 49.7
Avg CPU usage: 50 %
Peak working set size: 209715200 bytes
P50 Latency: 0.0198 s
P90 Latency: 0.0205 s
P95 Latency: 0.021 s
P99 Latency: 0.025 s
P999 Latency: 0.026 s
`;
  const { rows, summaries, unknown } = await imported([fileOf("out_b8.txt", text)], readOnnxruntimePerfTest);
  const [row] = rows;
  assert.deepEqual(
    [row?.miniBatchSize, row?.loadMs, row?.firstInferenceMs, row?.peakMemoryMib, row?.steadyMedianMs],
    [8, 250, 90, 200, 19.8],
  );
  assert.deepEqual([summaries[0]?.latencyMs, summaries[0]?.p99Ms], [20, 25]);
  assert.ok(!unknown.includes("warm-up") && !unknown.includes("memory"), unknown.join());
});

const LOADGEN = (scenario: string) => `================================================
MLPerf Results Summary
================================================
SUT name : theirs
Scenario : ${scenario}
Mode     : PerformanceOnly
99.0th percentile latency (ns) : 26000000
Result is : VALID

================================================
Additional Stats
================================================
Per-query latency:
Min latency (ns)                : 19000000
Max latency (ns)                : 30000000
Mean latency (ns)               : 20000000
50.00 percentile latency (ns)   : 19800000
90.00 percentile latency (ns)   : 21000000
95.00 percentile latency (ns)   : 22000000
99.00 percentile latency (ns)   : 25000000

================================================
Test Parameters Used
================================================
samples_per_query : 8
`;

test("MLPerf's summary: a query of MultiStream is a mini-batch, one of Server waits in a queue", async () => {
  const { rows, summaries } = await imported([fileOf("mlperf_log_summary.txt", LOADGEN("MultiStream"))], readMlperf);
  assert.deepEqual(
    [rows[0]?.miniBatchSize, rows[0]?.steadyMedianMs, summaries[0]?.latencyMs, summaries[0]?.p99Ms],
    [8, 19.8, 20, 25],
  );
  const message = await refusalOf(() => imported([fileOf("server.txt", LOADGEN("Server"))], readMlperf));
  assert.match(message, /server.txt: scenario Server, whose latency holds the time in the queue/);
});

test("MLPerf's detailed log says the same", async () => {
  const line = (key: string, value: string | number) =>
    `:::MLLOG {"key": "${key}", "value": ${typeof value === "number" ? value : `"${value}"`}, "time_ms": 1.0, "namespace": "mlperf::logging", "event_type": "POINT_IN_TIME", "metadata": {"is_error": false}}`;
  const text = [
    line("effective_scenario", "SingleStream"),
    line("effective_samples_per_query", 1),
    line("result_mean_latency_ns", 5_000_000),
    line("result_99.00_percentile_latency_ns", 6_000_000),
  ].join("\n");
  const { rows, summaries } = await imported([fileOf("mlperf_log_detail.txt", text)], readMlperf);
  assert.deepEqual([rows[0]?.miniBatchSize, summaries[0]?.latencyMs, summaries[0]?.p99Ms], [1, 5, 6]);
});

test("files that are something else are refused in one line", async () => {
  const wrong = [
    [readTrtexec, "x.log", "nothing", /no line with Latency/],
    [readTrtexec, "b1.json", "{", /no JSON/],
    [readTrtexec, "b1.json", "[]", /no latencyMs and no averageMs/],
    [readTrtexec, "times.json", '[{"latencyMs": 5}]', /does not say its mini-batch size, allowed is --batch/],
    [readOnnxruntimePerfTest, "b1.txt", "nothing", /no average inference time/],
    [readMlperf, "s.txt", "nothing", /no scenario/],
  ] as const;
  for (const [read, name, text, message] of wrong) {
    const said = await refusalOf(() => imported([fileOf(name, text)], (source) => read(source), FROM));
    assert.match(said, message);
    assert.ok(!said.includes("\n"), said);
  }
});

test("a file's name says its mini-batch size, or nothing where it may be another number", () => {
  const cases = {
    "resnet50_fp16_bs32.csv": 32,
    "b8.json": 8,
    "batch-size-4.log": 4,
    "efficientnet-b4.csv": 0,
    "efficientnet-b4_b8.csv": 8,
    "b1_b8.csv": undefined,
    "web32.csv": undefined,
  };
  assert.deepEqual(
    Object.entries(cases).map(([name]) => miniBatchOfName(name)),
    Object.values(cases).map((size) => size || undefined),
  );
});
