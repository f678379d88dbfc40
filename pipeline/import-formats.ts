import type { ImportedRows } from "../src/importing/imported-row.js";
import type { SourceFile } from "../src/importing/source-lines.js";
import { readTable } from "../src/importing/table/read-table.js";
import type { TableOptions } from "../src/importing/table/table-options.js";
import { readMlperf } from "../src/importing/tool/mlperf.js";
import { readOnnxruntimePerfTest } from "../src/importing/tool/onnxruntime-perf-test.js";
import { readModelAnalyzer, readPerfAnalyzer } from "../src/importing/tool/perf-analyzer.js";
import { readTrtexec } from "../src/importing/tool/trtexec.js";

/** A format: what its files are, how one is read, and whether it is a table. */
export interface Format {
  readonly description: string;
  readonly isTable: boolean;
  readonly examples: readonly [string, string];
  read(source: SourceFile, options: TableOptions): ImportedRows;
}

/** By the name of the command that reads them. */
export const IMPORT_FORMATS: Readonly<Record<string, Format>> = {
  table: {
    description: "any CSV or Markdown table with columns for mini-batch and latency or throughput; - is standard input",
    isTable: true,
    examples: [
      'import table times.csv --out data/theirs --size 224 --device "A100 80GB" --by "its README"',
      'import table README.md --out data/theirs --size 224 --where "precision=TF32" --time-unit ms',
    ],
    read: readTable,
  },
  "perf-analyzer": {
    description: "CSV files of Triton's perf_analyzer -f; concurrency 1 is latency, higher ones say queueing",
    isTable: true,
    examples: [
      "import perf-analyzer b1.csv b8.csv b32.csv --out data/triton --size 224",
      "import perf-analyzer report.csv --batch 8 --out data/triton --size 224",
    ],
    read: readPerfAnalyzer,
  },
  "model-analyzer": {
    description: "metrics-model-inference.csv of Triton's Model Analyzer",
    isTable: true,
    examples: [
      "import model-analyzer metrics-model-inference.csv --out data/analyzer --size 224",
      'import model-analyzer metrics.csv --where "Model Config Path=resnet50_config_0" --out data/analyzer --size 224',
    ],
    read: readModelAnalyzer,
  },
  trtexec: {
    description: "logs of trtexec, or the JSON of its --exportTimes or --exportProfile",
    isTable: false,
    examples: [
      "import trtexec b1.log b8.log --out data/trt --size 224",
      "import trtexec times_b8.json --out data/trt --size 224",
    ],
    read: readTrtexec,
  },
  "onnxruntime-perf-test": {
    description: "what onnxruntime_perf_test prints",
    isTable: false,
    examples: [
      "import onnxruntime-perf-test b1.txt b8.txt --out data/ort --size 224 --provider cuda",
      "import onnxruntime-perf-test out.txt --batch 8 --out data/ort --size 224",
    ],
    read: readOnnxruntimePerfTest,
  },
  mlperf: {
    description: "summaries, detailed logs or traces of MLPerf's LoadGen, SingleStream or MultiStream",
    isTable: false,
    examples: [
      "import mlperf mlperf_log_summary.txt --out data/mlperf --size 224",
      "import mlperf mlperf_log_trace.json --out data/mlperf --size 224",
    ],
    read: readMlperf,
  },
};
