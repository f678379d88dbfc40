import { seededRandom } from "../../src/core/seeded-random.js";
import { designSchema } from "../../src/design/design.js";
import { repeatingTrials } from "../../src/measure/repeat-cells.js";
import { sampleTrial } from "../../test/dataset/sample-dataset.js";

const DEVIATIONS = [0.02, 0.05, 0.1, 0.15];
const HALF_WIDTH = 0.05;
const FIRST = 3;
const MOST = 100;
const TRUE_MS = 10;

/** How cells end that are repeated until their latency is known. */
export interface RepeatedCells {
  /** The share of cells whose mean is within the wanted half width of the truth. */
  readonly within: number;
  /** Processes of a cell, in the median and at most. */
  readonly median: number;
  readonly most: number;
}

/** Simulates cells of a design that repeats them, one after the other. */
export function repeatCells(deviation: number, cells: number, seed = 1): RepeatedCells {
  const design = designSchema.parse({
    ...{ name: "repeated", input_sizes_px: [32], mini_batch_sizes: [1], devices: [{ threads: 1 }] },
    ...{ trials: FIRST, max_trials: MOST, process_half_width: HALF_WIDTH },
  });
  const counts: number[] = [];
  let within = 0;
  for (let cell = 0; cell < cells; cell++) {
    const random = seededRandom(seed, `processes ${deviation} ${cell}`);
    const measure = (trial: number) =>
      sampleTrial(`cpu-1t-32px-1mb-${trial}`, {
        trial,
        steadyMedianMs: TRUE_MS * Math.exp(deviation * random.normal()),
      });
    const rows = Array.from({ length: FIRST }, (_, index) => measure(index + 1));
    for (let next = repeatingTrials(design, rows); next.length > 0; next = repeatingTrials(design, rows)) {
      rows.push(...next.map(({ trial }) => measure(trial)));
    }
    const mean =
      rows.reduce((sum, { steadyMedianMs = 0 }) => sum + Math.log(steadyMedianMs / TRUE_MS), 0) / rows.length;
    within += Number(Math.abs(mean) <= Math.log1p(HALF_WIDTH)) / cells;
    counts.push(rows.length);
  }
  const ordered = counts.toSorted((a, b) => a - b);
  return { within, median: ordered[Math.floor(cells / 2)] ?? Number.NaN, most: ordered.at(-1) ?? Number.NaN };
}

/** A table in Markdown, a scatter of processes a line. */
export function* processesTable(cells: number, seed: number): Generator<string> {
  yield "| scatter between processes | within ±5 % | processes, median | most |";
  yield "|---|---|---|---|";
  for (const deviation of DEVIATIONS) {
    const { within, median, most } = repeatCells(deviation, cells, seed);
    yield `| ${100 * deviation} % | ${(100 * within).toFixed(1)} % | ${median} | ${most} |`;
  }
}
