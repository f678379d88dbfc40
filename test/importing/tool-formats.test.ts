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

const VERBOSE_HEAD = `${PERF_HEAD},Avg latency,request/response,response wait,Avg GPU Utilization,Avg GPU Power Usage,Max GPU Memory Usage,Total GPU Memory`;

test("perf_analyzer's verbose CSV: its mean, and the power of the GPUs together", async () => {
  const row =
    "1,200,20,300,40,50,4500,60,10,4950,5200,5400,6100,5010,30,4900,GPU-1a:0.5;GPU-2b:0.6;,GPU-1a:120.5;GPU-2b:30;,GPU-1a:9;GPU-2b:9;,GPU-1a:9;GPU-2b:9;";
  const { summaries } = await imported([fileOf("v_b1.csv", `${VERBOSE_HEAD}\n${row}\n`)], (source) =>
    readPerfAnalyzer(source, {}),
  );
  const [{ latencyMs, latencyFrom, powerW } = {}] = summaries;
  assert.deepEqual([latencyMs, latencyFrom, powerW], [5.01, "mean", 150.5]);
});

test("perf_analyzer's CSV: a percentile that was asked for is no mean, and rates of requests are no latency", async () => {
  const head = PERF_HEAD.replace("p99 latency", "p98 latency,p99 latency");
  const row = "200,20,300,40,50,4500,60,10,4950,5200,5400,6000,6100";
  const { summaries } = await imported([fileOf("p_b1.csv", `${head}\n1,${row}\n`)], (source) =>
    readPerfAnalyzer(source, {}),
  );
  assert.deepEqual([summaries[0]?.latencyMs, summaries[0]?.p99Ms], [5, 6.1]);
  const rates = fileOf("r_b1.csv", `${head.replace("Concurrency", "Request Rate")}\n10,${row}\n`);
  assert.match(
    await refusalOf(() => imported([rates], (source) => readPerfAnalyzer(source, {}))),
    /r_b1.csv: no row of one request at a time/,
  );
});

test("a table with mini-batches in a file with another in its name: the table is right", async () => {
  const file = fileOf("all_b8.csv", "Batch,Concurrency,Inferences/Second\n1,1,200\n4,1,400\n");
  const { rows } = await imported([file], (source) => readPerfAnalyzer(source, {}));
  assert.deepEqual(
    rows.map(({ miniBatchSize }) => miniBatchSize),
    [1, 4],
  );
});

test("Model Analyzer's metrics: parts of a request are not its latency, rates of requests are refused", async () => {
  const head =
    "Model,Batch,Concurrency,Model Config Path,Instance Group,Max Batch Size,Satisfies Constraints,Throughput (infer/sec),Avg Latency (ms),p90 Latency (ms),p95 Latency (ms),p99 Latency (ms),Response Wait Time (ms),Client Send/Recv (ms),Server Queue time (ms),Server Compute Infer time (ms),RAM Usage (MB)";
  const file = fileOf("metrics.csv", `${head}\nr,2,1,c5,1:GPU,2,Yes,400,5,5.5,5.6,6,4.8,0.1,0.1,4,100\n`);
  const { summaries } = await imported([file], (source) => readModelAnalyzer(source, {}));
  assert.deepEqual([summaries[0]?.latencyMs, summaries[0]?.p99Ms], [5, 6]);
  const rates = fileOf(
    "rates.csv",
    "Model,Batch,Request Rate,Throughput (infer/sec),p99 Latency (ms)\nr,2,32,64.0,1.4\nr,1,32,32.0,1.5\n",
  );
  assert.match(
    await refusalOf(() => imported([rates], (source) => readModelAnalyzer(source, {}))),
    /rates.csv: no row of one request at a time/,
  );
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

const trtRun = (arguments_: string, qps: number, ms: number) =>
  `&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec ${arguments_}\n[I] Throughput: ${qps} qps\n[I] Latency: min = ${ms} ms, max = ${ms} ms, mean = ${ms} ms, median = ${ms} ms\n`;

test("trtexec's log of several runs: each of them, with the shapes that ran", async () => {
  const text = [
    trtRun(
      "--minShapes=i:1x3x224x224 --optShapes=i:8x3x224x224 --maxShapes=i:32x3x224x224 --shapes=i:32x3x224x224",
      10,
      100,
    ),
    trtRun("--optShapes=mask:1x9,i:8x224x224x3", 50, 20),
    // Of a network with an implicit batch trtexec counts images.
    trtRun("--uff=model.uff --batch=4", 400, 10),
  ].join("");
  const { rows, summaries } = await imported([fileOf("all.log", text)], readTrtexec);
  assert.deepEqual(
    rows.map(({ miniBatchSize, inputSizePx }, index) => [miniBatchSize, inputSizePx, summaries[index]?.imagesPerS]),
    [
      [4, 224, 400],
      [8, 224, 400],
      [32, 224, 320],
    ],
  );
  const twice = fileOf("twice_b1.log", text.replaceAll(/&&&&.*\n/g, ""));
  assert.match(await refusalOf(() => imported([twice], readTrtexec)), /several runs without their command lines/);
});

test("trtexec with several streams, or a mini-batch that is not the one told, is refused", async () => {
  const streams = fileOf("s.log", trtRun("--shapes=i:8x3x224x224 --infStreams=2", 90, 20));
  assert.match(await refusalOf(() => imported([streams], readTrtexec)), /s.log: inferences of several streams/);
  const times = [0, 1, 2, 3].map((index) => ({
    startComputeMs: 5 * index,
    endComputeMs: 5 * index + 12,
    latencyMs: 13,
  }));
  const file = fileOf("s_b1.json", JSON.stringify(times));
  assert.match(await refusalOf(() => imported([file], readTrtexec)), /s_b1.json: inferences of several streams/);
  const other = fileOf("o.log", trtRun("--shapes=i:8x3x224x224", 50, 20));
  assert.match(
    await refusalOf(() => imported([other], (source) => readTrtexec(source, { miniBatchSize: 4 }))),
    /o.log: mini-batch size 8, where --batch is 4/,
  );
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

const ORT = (average: string, firstMs: number, passedS: number) =>
  `First inference time cost: ${firstMs} ms\nTotal inference time cost: 2 s\n${average} 20 ms\nTotal inference run time: ${passedS} s\nP50 Latency: 0.0198 s\n`;

test("onnxruntime_perf_test of today and of years ago: its words for the mean", async () => {
  const old = "Total time cost:2\nTotal iterations:100\nAverage time cost:20 ms\nP50 Latency is 0.0198 sec\n";
  for (const text of [ORT("Average inference time cost total:", 90, 2.01), old]) {
    const { summaries } = await imported([fileOf("now_b8.txt", text)], readOnnxruntimePerfTest);
    assert.deepEqual([summaries[0]?.latencyMs, summaries[0]?.p50Ms], [20, 19.8]);
  }
});

test("onnxruntime_perf_test: a first inference of 0 ms is not known, requests side by side and two runs are refused", async () => {
  const of = (text: string) => imported([fileOf("o_b8.txt", text)], readOnnxruntimePerfTest);
  const { rows, unknown } = await of(ORT("Average inference time cost:", 0, 2.01));
  assert.equal(rows[0]?.firstInferenceMs, undefined);
  assert.ok(unknown.includes("warm-up"), unknown.join());
  const average = "Average inference time cost:";
  assert.match(await refusalOf(() => of(ORT(average, 90, 0.5))), /o_b8.txt: 4 requests at a time, .*allowed is one/);
  assert.match(await refusalOf(() => of(ORT(average, 90, 2.01).repeat(2))), /o_b8.txt: several runs/);
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

const mlperfLine = (key: string, value: string | number) =>
  `:::MLLOG {"key": "${key}", "value": ${JSON.stringify(value)}, "time_ms": 1.0, "namespace": "mlperf::logging", "event_type": "POINT_IN_TIME", "metadata": {"is_error": false}}`;

test("MLPerf's detailed log of MultiStream: queries, not the samples in them", async () => {
  const text = [
    mlperfLine("effective_scenario", "MultiStream"),
    mlperfLine("effective_samples_per_query", 8),
    mlperfLine("result_mean_query_latency_ns", 20_000_000),
    mlperfLine("result_99.00_percentile_per_query_latency_ns", 25_000_000),
    mlperfLine("result_mean_latency_ns", 12_000_000),
    mlperfLine("result_99.00_percentile_latency_ns", 24_000_000),
  ].join("\n");
  const { rows, summaries } = await imported([fileOf("detail.txt", text)], readMlperf);
  assert.deepEqual([rows[0]?.miniBatchSize, summaries[0]?.latencyMs, summaries[0]?.p99Ms], [8, 20, 25]);
});

test("MLPerf: what is no measurement of one mini-batch at a time is refused, an invalid result is said", async () => {
  const of = (text: string, options = {}) => imported([fileOf("m.txt", text)], (source) => readMlperf(source, options));
  const single = LOADGEN("SingleStream");
  assert.match(
    await refusalOf(() => of(single.replace("PerformanceOnly", "AccuracyOnly"))),
    /m.txt: a run for accuracy/,
  );
  assert.match(await refusalOf(() => of(single + single)), /m.txt: several runs/);
  assert.match(
    await refusalOf(() => of(single, { miniBatchSize: 8 })),
    /m.txt: queries of 1 samples, where --batch is 8/,
  );
  const { notes } = await of(single.replace(": VALID", ": INVALID"));
  assert.match(notes.join(), /m.txt: LoadGen calls its result invalid/);
});

/** Queries of so many samples in the words of LoadGen's trace, each sample done a millisecond after the one before. */
function traceOf(startsMs: readonly number[], samples: number): string {
  const events = startsMs.flatMap((startMs, query) =>
    Array.from({ length: samples }, (_, sample) => {
      const id = query * samples + sample;
      const begin = `{"name":"Sample","cat":"default","ph":"b","pid":1,"id":${id},"ts":${(1000 * startMs).toFixed(3)}`;
      const seen = `"sample_seq":${id},"query_seq":${query},"sample_idx":0,"issue_start_ns":100`;
      const end = `{"name":"Sample","cat":"default","ph":"e", "pid":1,"id":${id},"ts":${(1000 * startMs + 9).toFixed(3)}},`;
      return `${begin},"args":{${seen},"complete_ns":${1_000_000 * (5 + query + sample)}}},\n${end}`;
    }),
  );
  const other = '{"name":"IOThreadLoop","ph":"X","pid":1,"tid":2,"ts":1.000,"dur":2.000,"args":{}},';
  return `{"traceEvents":[\n${[other, ...events].join("\n")}\n{"name":"LastTrace"}\n],\n"displayTimeUnit":"ns"\n}\n`;
}

test("MLPerf's trace: each query as long as its slowest sample", async () => {
  const text = traceOf([0, 10, 20], 4);
  const { folder, rows, summaries, inferences } = await imported([fileOf("mlperf_log_trace.json", text)], readMlperf);
  assert.deepEqual([rows[0]?.miniBatchSize, inferences, summaries[0]?.latencyMs], [4, 3, 9]);
  assert.deepEqual(
    readPart(folder, inferencesTable).map(({ latencyMs }) => latencyMs),
    [8, 9, 10],
  );
});

test("MLPerf's trace of Server or Offline, or without a sample, is refused", async () => {
  const cases: [string, RegExp][] = [
    [traceOf([0, 4, 8], 1), /queries that begin before the last one is done/],
    [traceOf([0], 4), /a single query, as of Offline/],
    [traceOf([], 4), /no samples, allowed is a trace of LoadGen/],
    [traceOf([0, 20], 1).replace(',"complete_ns"', ',"done"'), /a sample that is none/],
    [`${traceOf([0], 2)}${traceOf([0, 20], 1).split("\n").slice(4, 6).join("\n")}`, /queries of 2 and 1 samples/],
  ];
  for (const [text, message] of cases) {
    assert.match(await refusalOf(() => imported([fileOf("t.json", text)], readMlperf)), message);
  }
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
