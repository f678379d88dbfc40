import assert from "node:assert/strict";
import { test } from "node:test";
import { ownFunctions } from "../../src/fleet/own-functions.js";

test("a table is read however it is written, the median of a mini-batch's rows counts", async () => {
  const table = { latency_ms: { 1: 5, 8: 20 } };
  for (const text of [
    "batch,latency (ms)\n1,5\n8,20",
    "batch\tlatency (ms)\n1\t5\n8\t20\n",
    "| Batch size | Latency [us] |\n|---|---|\n| 1 | 5000 |\n| 8 | 20000 |",
    "batch;latency (ms)\r\n8;19\r\n1;5\r\n8;21\r\n8;20\r\n",
    "batch,throughput (images/s)\n1,200\n8,400",
  ]) {
    assert.deepEqual((await ownFunctions(text)).functions, table, text);
  }
  const { functions } = await ownFunctions("batch,latency (ms),warm-up (ms),load (ms)\n1,5,90,300\n8,20,120,320");
  assert.deepEqual(functions, { ...table, warmup_ms: { 1: 90, 8: 120 }, load_ms: 310 });
});

test("perf_analyzer's CSV is in microseconds, and of one request at a time only", async () => {
  const head =
    "Concurrency,Inferences/Second,Client Send,Network+Server Send/Recv,Server Queue,Server Compute Input,Server Compute Infer,Server Compute Output,Client Recv,p50 latency,p90 latency,p95 latency,p99 latency";
  const text = `${head}\n1,400,20,300,30,40,4000,50,1,5000,5100,5200,5300\n2,500,20,300,30,40,4000,50,1,9000,9100,9200,9300\n`;
  const { functions, notes } = await ownFunctions(text, { name: "resnet_bs8.csv" });
  assert.deepEqual(functions.latency_ms, { 8: 5 });
  assert.match(notes.join(), /1 row of more than one request at a time left out/);
  await assert.rejects(ownFunctions(text), /no column for the mini-batch/);
});

test("what is not clear is asked", async () => {
  for (const [text, message] of [
    ["batch,latency\n1,5", /without a unit, allowed is --time-unit ms/],
    ["batch,size px,latency (ms)\n1,224,5\n1,160,4", /table: rows of input sizes 224, 160, allowed is one/],
    ["batch,latency (ms)\n1,n/a", /table: no row with a time or a throughput/],
    ["", /^UserError: table: /],
  ] as const) {
    await assert.rejects(ownFunctions(text), message);
  }
  const told = await ownFunctions("batch,latency\n1,5", { timeMs: 1e-3 });
  assert.deepEqual(told.functions.latency_ms, { 1: 0.005 });
});
