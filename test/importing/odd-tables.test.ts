import assert from "node:assert/strict";
import { test } from "node:test";
import type { TableOptions } from "../../src/importing/table/table-options.js";
import { FROM, importedTable, refusalOf } from "./imported.js";

/** Mini-batch sizes with the latencies that a table is about. */
type Cells = Readonly<Record<number, number>>;

interface Odd {
  readonly what: string;
  readonly table: string;
  readonly options?: TableOptions;
  /** What is read. */
  readonly cells?: Cells;
  /** Or what is said. */
  readonly refused?: RegExp;
  readonly note?: RegExp;
}

const ODD: readonly Odd[] = [
  { what: "seconds in the header", table: "batch,latency (s)\n1,0.005\n8,0.02\n", cells: { 1: 5, 8: 20 } },
  {
    what: "microseconds behind an underscore",
    table: "batch_size,latency_us\n1,5000\n8,20000\n",
    cells: { 1: 5, 8: 20 },
  },
  { what: "units in the cells, each its own", table: "Batch size,Latency\n1,5 ms\n8,0.02 s\n", cells: { 1: 5, 8: 20 } },
  {
    what: "times without a unit",
    table: "batch,latency\n1,5\n",
    refused: /line 2: latency without a unit, allowed is --time-unit ms/,
  },
  { what: "times whose unit is told", table: "batch,latency\n1,5\n", options: { timeMs: 1 }, cells: { 1: 5 } },
  {
    what: "an unknown unit",
    table: "batch,latency\n1,5 parsec\n",
    refused: /line 2: latency in parsec, allowed are ns, us, ms, s/,
  },
  { what: "throughput alone", table: "batch,throughput (img/s)\n1,200\n8,400\n", cells: { 1: 5, 8: 20 } },
  { what: "queries a second", table: "batch,throughput (qps)\n1,200\n8,50\n", cells: { 1: 5, 8: 20 } },
  {
    what: "throughput without a unit",
    table: "batch,throughput\n1,200\n",
    refused: /throughput without a unit, allowed is --throughput-unit/,
  },
  {
    what: "columns in another order, others between",
    table: "note,p99 (ms),latency (ms),gpu,batch\na,6,5,x,1\nb,25,20,x,8\n",
    cells: { 1: 5, 8: 20 },
  },
  { what: "decimal commas", table: "batch;latency (ms)\n1;5,5\n8;20,25\n", cells: { 1: 5.5, 8: 20.25 } },
  {
    what: "decimal commas between unquoted commas",
    table: "batch,latency (ms)\n1,5,5\n",
    refused: /line 2: 3 cells where the header has 2; a decimal comma needs quotes/,
  },
  {
    what: "commas between thousands",
    table: 'batch,latency (ms),throughput (img/s)\n1,5.5,"181.8"\n512,400,"1,280.0"\n',
    cells: { 1: 5.5, 512: 400 },
  },
  {
    what: "a comma that may be either",
    table: "batch;latency (us)\n1;5,000\n8;20,000\n",
    refused: /5,000 may be a thousand or a decimal, allowed is --decimal point or --decimal comma/,
  },
  {
    what: "the same, told",
    table: "batch;latency (us)\n1;5,000\n8;20,000\n",
    options: { decimal: "point" },
    cells: { 1: 5, 8: 20 },
  },
  {
    what: "points and commas before decimals",
    table: "batch;latency (ms)\n1;5.5\n8;20,25\n",
    refused: /decimal point and numbers with a decimal comma/,
  },
  {
    what: "rows without times",
    table: "batch,latency (ms)\n1,5\n2,\n4,n/a\n8,20\n",
    cells: { 1: 5, 8: 20 },
    note: /2 rows without a time .* line 3/,
  },
  {
    what: "a row twice",
    table: "batch,latency (ms)\n1,5\n1,5\n8,20\n",
    cells: { 1: 5, 8: 20 },
    note: /1 row that repeat/,
  },
  {
    what: "rows in falling order, a byte order mark and line ends of Windows",
    table: "\ufeffbatch,latency (ms)\r\n8,20\r\n1,5\r\n",
    cells: { 1: 5, 8: 20 },
  },
  {
    what: "a title, an empty line, remarks",
    table: "Results of Monday\n\n# by hand\nbatch,latency (ms)\n1,5\n# and\n8,20\n",
    cells: { 1: 5, 8: 20 },
  },
  {
    what: "text where a mini-batch should be",
    table: "batch,latency (ms)\none,5\n",
    refused: /line 2: mini-batch size "one", allowed are whole numbers from 1 to 65536/,
  },
  { what: "half a mini-batch", table: "batch,latency (ms)\n1.5,5\n", refused: /mini-batch size "1.5"/ },
  {
    what: "text where a time should be",
    table: "batch,latency (ms)\n1,fast\n",
    refused: /line 2: latency "fast", allowed are numbers/,
  },
  { what: "a time below 0", table: "batch,latency (ms)\n1,-5\n", refused: /latency "-5", allowed are numbers above 0/ },
  { what: "times that fall with the mini-batch", table: "batch,latency (ms)\n1,20\n8,5\n", cells: { 1: 20, 8: 5 } },
  { what: "one row", table: "batch,latency (ms)\n4,5\n", cells: { 4: 5 } },
  { what: "a header alone", table: "batch,latency (ms)\n", refused: /no row with a mini-batch and a time/ },
  { what: "nothing", table: "", refused: /empty, allowed is a table/ },
  {
    what: "no mini-batches",
    table: "threads,latency (ms)\n1,5\n",
    refused: /no table with columns for mini-batch and latency/,
  },
  {
    what: "two columns of times",
    table: "batch,A100 latency (ms),V100 latency (ms)\n1,5,9\n",
    refused: /columns A100 latency \(ms\) and V100 latency \(ms\) may both be latency, allowed is --column/,
  },
  {
    what: "the same, told",
    table: "batch,A100 latency (ms),V100 latency (ms)\n1,5,9\n",
    options: { columns: new Map([["latency", "V100 latency (ms)"]]) },
    cells: { 1: 9 },
  },
  {
    what: "rows of two devices",
    table: "gpu,batch,latency (ms)\nA100,1,5\nV100,1,9\n",
    refused: /several values of gpu, A100, V100; allowed is --where "gpu=A100"/,
  },
  {
    what: "the same, told",
    table: "gpu,batch,latency (ms)\nA100,1,5\nV100,1,9\n",
    options: { where: new Map([["gpu", "V100"]]) },
    cells: { 1: 9 },
  },
  {
    what: "a value that no row has",
    table: "gpu,batch,latency (ms)\nA100,1,5\n",
    options: { where: new Map([["gpu", "T4"]]) },
    refused: /--where gpu=T4: no row of table.csv, it has A100/,
  },
  {
    what: "Markdown within a page",
    table:
      "# Title\n\ntext | more\n\n| **Batch Size** | **Latency Avg** | **Latency 99%** | **Throughput Avg** |\n|:--:|--:|---|---|\n| 1 | 5 ms | 6 ms | 200 img/s |\n| 8 | **20 ms** | 25 ms | 400 img/s |\n\nmore text\n",
    cells: { 1: 5, 8: 20 },
  },
  {
    what: "two tables in a page",
    table: "|batch|latency (ms)|\n|--|--|\n|1|5|\n\n|batch|latency (ms)|\n|--|--|\n|1|9|\n",
    refused: /tables at lines 1 and 5, allowed is --table/,
  },
  {
    what: "the second of them",
    table: "|batch|latency (ms)|\n|--|--|\n|1|5|\n\n|batch|latency (ms)|\n|--|--|\n|1|9|\n",
    options: { table: 2 },
    cells: { 1: 9 },
  },
  {
    what: "tabs and spaces between thousands",
    table: "batch\tlatency (us)\n1\t5 000\n8\t20 000\n",
    cells: { 1: 5, 8: 20 },
  },
  {
    what: "latency in one unit and throughput in another",
    table: "batch,latency (ms),throughput (img/s)\n1,0.005,200\n8,0.02,400\n",
    refused: /1 images in 0.005 ms are 200000 images\/s, and 200 images\/s are given; allowed are units that agree/,
  },
  {
    what: "a mean with its warm-up in it",
    table: "batch,latency (ms),p99 (ms),throughput (img/s)\n1,9,6,200\n8,22,24,400\n",
    cells: { 1: 5, 8: 20 },
    note: /above the highest percentile in 1 row of 2, .*throughput stands for latency in all rows/,
  },
  {
    what: "the same without throughput or median",
    table: "batch,latency (ms),p99 (ms)\n1,9,6\n",
    refused: /mean 9 ms is above its highest percentile, .* no throughput or median/,
  },
  {
    what: "several requests at a time",
    table: "concurrency,batch,latency (ms)\n1,1,5\n2,1,9\n4,1,17\n1,8,20\n",
    cells: { 1: 5, 8: 20 },
    note: /2 rows of more than one request at a time left out/,
  },
  {
    what: "a quoted cell over two lines",
    table: 'batch,latency (ms),note\n1,5,"a\nb"\n',
    refused: /line 2: a quoted cell that does not end on its line/,
  },
  { what: "input sizes", table: "batch,resolution,latency (ms)\n1,224x224,5\n1,300,7\n", cells: { 1: 7 } },
  {
    what: "a picture that is no square",
    table: "batch,resolution,latency (ms)\n1,224x160,5\n",
    refused: /input size "224x160", allowed are squares/,
  },
  {
    what: "times of one image in the header",
    table: "batch,time per image (ms)\n1,5\n8,2.5\n",
    cells: { 1: 5, 8: 20 },
  },
  { what: "seconds of one image", table: "batch,s/img\n1,0.005\n8,0.0025\n", cells: { 1: 5, 8: 20 } },
  {
    what: "times of one image in the cells",
    table: "batch,latency\n1,5 ms/image\n8,2.5 ms per image\n",
    cells: { 1: 5, 8: 20 },
  },
  { what: "times of one mini-batch, said", table: "batch,ms/batch\n1,5\n8,20\n", cells: { 1: 5, 8: 20 } },
  {
    what: "a percentile that is not kept beside the median",
    table: "batch,p50 (ms),p98 (ms),99.9% latency (ms)\n1,5,6,7\n8,20,22,25\n",
    cells: { 1: 5, 8: 20 },
  },
  {
    what: "no figure but such a percentile",
    table: "batch,98th percentile (ms)\n1,5\n",
    refused: /no table with columns for mini-batch and latency/,
  },
  {
    what: "a column of a device or a percentile",
    table: "batch,p50 (ms),P100 latency (ms)\n1,5,9\n",
    refused: /column P100 latency \(ms\) may be a percentile or a device, allowed is --column "latency=HEADER"/,
  },
  {
    what: "the same, told",
    table: "batch,V100 latency (ms),P100 latency (ms)\n1,5,9\n",
    options: { columns: new Map([["latency", "P100 latency (ms)"]]) },
    cells: { 1: 9 },
  },
  {
    what: "times of parts of an inference",
    table: "batch,h2d latency (ms),p99 queue time (ms),end-to-end latency (ms)\n1,1,2,5\n8,3,9,20\n",
    cells: { 1: 5, 8: 20 },
  },
  {
    what: "several clients",
    table: "batch,clients,latency (ms)\n1,1,5\n1,8,40\n8,1,20\n",
    cells: { 1: 5, 8: 20 },
    note: /1 row of more than one request at a time left out/,
  },
  {
    what: "several clients in all rows",
    table: "batch,concurrent requests,latency (ms)\n1,2,5\n8,2,40\n",
    refused: /table.csv: no row of one request at a time/,
  },
  {
    what: "a rate of requests",
    table: "Batch,Request Rate,Throughput (infer/sec),p99 Latency (ms)\n2,32,64.0,1.4\n1,16,16,1.5\n",
    refused: /table.csv: no row of one request at a time/,
  },
  {
    what: "a model for each mini-batch",
    table: "model,batch,latency (ms)\nresnet50,1,5\nvgg,8,20\n",
    refused: /rows with several values of model, resnet50, vgg; allowed is --where "model=resnet50"/,
  },
  {
    what: "more models than are named",
    table: `model,batch,latency (ms)\n${Array.from({ length: 30 }, (_, index) => `m${index},${index + 1},5\n`).join("")}`,
    refused: /several values of model, m0, m1, m2, m3, m4 and others; allowed is --where/,
  },
  {
    what: "several GPUs together",
    table: "GPUs,batch,throughput (img/s)\n1,8,400\n8,64,3000\n",
    refused: /several values of GPUs, 1, 8/,
  },
  {
    what: "what is measured of a GPU",
    table: "batch,latency (ms),GPU util,gpu_memory_mb,GPU temp [C]\n1,5,30,500,40\n8,20,90,900,60\n",
    cells: { 1: 5, 8: 20 },
  },
  {
    what: "thousands of a mini-batch in a letter",
    table: "batch,latency (ms)\n1K,5\n",
    refused: /mini-batch size "1K", allowed are whole numbers/,
  },
  { what: "the mini-batch with its unit", table: "batch,latency (ms)\n8 images,20\n", cells: { 8: 20 } },
  {
    what: "another mini-batch than is told",
    table: "batch,latency (ms)\n8,20\n",
    options: { miniBatchSize: 4 },
    refused: /line 2: mini-batch size 8, where --batch is 4/,
  },
  {
    what: "a time beyond all numbers",
    table: "batch,latency (ms)\n1,1e400\n",
    refused: /line 2: latency "1e400", allowed are numbers up to/,
  },
  {
    what: "throughput in another unit in one row of two",
    table: "batch,fps,latency (ms)\n1,200,5\n8,50,20\n",
    refused: /line 3: 8 images in 20 ms are 400 images\/s, and 50 images\/s are given/,
  },
  {
    what: "percentiles that fall",
    table: "batch,latency (ms),p90 (ms),p95 (ms),p99 (ms)\n1,5,5.5,1789,6\n8,20,22,23,24\n",
    cells: { 1: 5, 8: 20 },
    note: /percentiles fall in 1 row of 2, the first at table.csv line 2: 5.5, 1789, 6 ms/,
  },
  {
    what: "nothing but percentiles that fall",
    table: "batch,p50 (ms),p99 (ms)\n1,10,5\n",
    refused: /line 2: its percentiles fall, 10, 5 ms/,
  },
];

/** Tables in bytes, as programs on Windows write them. */
const ENCODED: readonly (readonly [what: string, bytes: Buffer])[] = [
  ["UTF-16 with its mark", Buffer.from("\ufeffbatch\tlatency (ms)\r\n1\t5\r\n8\t20\r\n", "utf16le")],
  ["UTF-16, the larger byte first", Buffer.from("\ufeffbatch\tlatency (ms)\n1\t5\n8\t20\n", "utf16le").swap16()],
  ["Latin-1", Buffer.from("batch,latency (\u00b5s)\n1,5000\n8,20000\n", "latin1")],
];

for (const [what, bytes] of ENCODED) {
  test(`a table in ${what} is imported right`, async () => {
    const { rows, summaries } = await importedTable(bytes);
    assert.deepEqual(
      rows.map(({ miniBatchSize }, index) => [miniBatchSize, summaries[index]?.latencyMs]),
      [
        [1, 5],
        [8, 20],
      ],
    );
  });
}

test("what is no text is refused in one line", async () => {
  for (const bytes of [Buffer.from("batch,latency (ms)\n1,5\n", "utf16le"), Buffer.from([1, 0, 2, 0xff])]) {
    assert.match(await refusalOf(() => importedTable(bytes)), /table.csv: holds zero bytes, allowed is text in UTF-8/);
  }
});

test("percentiles that fall are not kept, those of other rows are", async () => {
  const { summaries } = await importedTable("batch,latency (ms),p50 (ms),p99 (ms)\n1,5,1789,6\n8,20,19.8,25\n");
  assert.deepEqual(
    summaries.map(({ p50Ms, p99Ms }) => [p50Ms, p99Ms]),
    [
      [undefined, undefined],
      [19.8, 25],
    ],
  );
});

for (const { what, table, options = {}, cells, refused, note } of ODD) {
  test(`a table with ${what} is ${refused === undefined ? "imported right" : "refused in one line"}`, async () => {
    if (refused !== undefined) {
      const message = await refusalOf(() => importedTable(table, options));
      assert.match(message, refused);
      assert.ok(!message.includes("\n"), message);
      return;
    }
    const { rows, notes } = await importedTable(table, options);
    const read = Object.fromEntries(rows.map(({ miniBatchSize, steadyMedianMs }) => [miniBatchSize, steadyMedianMs]));
    for (const [size, ms] of Object.entries(cells ?? {})) {
      assert.ok(Math.abs((read[Number(size)] ?? 0) / ms - 1) < 1e-9, `${size}: ${read[Number(size)]}, expected ${ms}`);
    }
    assert.deepEqual(Object.keys(read), Object.keys(cells ?? {}));
    if (note === undefined) assert.deepEqual(notes, []);
    else assert.match(notes.join("\n"), note);
  });
}

test("a mini-batch that ran out of memory is one, and not a missing row", async () => {
  const { rows } = await importedTable("batch,latency (ms)\n1,5\n8,OOM\n");
  assert.deepEqual(
    rows.map(({ miniBatchSize, status }) => [miniBatchSize, status]),
    [
      [1, "ok"],
      [8, "out_of_memory"],
    ],
  );
});

test("a table without an input size is refused unless it is told", async () => {
  const { inputSizePx: _, ...from } = FROM;
  const message = await refusalOf(() => importedTable("batch,latency (ms)\n1,5\n", {}, from));
  assert.match(message, /line 2: no input size, allowed is --size/);
});

test("percentiles, power and what is missing are kept as they are", async () => {
  const { summaries, rows, unknown } = await importedTable(
    "batch,latency (ms),p50 (ms),p99 (ms),power (W)\n1,5,4.9,6,\n8,20,19.8,25,130\n",
  );
  assert.deepEqual(
    summaries.map(({ p50Ms, p90Ms, p99Ms, powerW }) => [p50Ms, p90Ms, p99Ms, powerW]),
    [
      [4.9, undefined, 6, undefined],
      [19.8, undefined, 25, 130],
    ],
  );
  assert.deepEqual(
    rows.map((row) => [row.steadyMedianMs, row.firstInferenceMs, row.threads, row.startedAt, row.peakMemoryMib]),
    [
      [4.9, undefined, undefined, undefined, undefined],
      [19.8, undefined, undefined, undefined, undefined],
    ],
  );
  assert.deepEqual(unknown, [
    "warm-up",
    "load time",
    "memory",
    "hardware features",
    "noise between processes",
    "execution provider",
  ]);
});
