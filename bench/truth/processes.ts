import { seededRandom } from "../../src/core/seeded-random.js";
import { precisionChooser } from "../../src/decide/precision-chooser.js";
import { designSchema } from "../../src/design/design.js";
import { meanOf } from "../../src/fit/observed/cell-logs.js";
import { repeatingTrials } from "../../src/measure/repeat-cells.js";
import { sampleTrial } from "../../test/dataset/sample-dataset.js";
import { machineSpeed } from "../../test/worlds/machine-speed.js";

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

const OWN_DEVIATION = 0.05;
const MOST_TRIALS = 2000;

/** How cells of a machine with slow spells end that `sweep --until "precision 5%"` measures. */
export function precisionUnderSpells(spells: number, cells: number, sweeps: number, seed = 1) {
  let [within, trials] = [0, 0];
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const design = designSchema.parse({
      ...{ name: "repeated", input_sizes_px: [32], devices: [{ threads: 1 }], seed: sweep },
      mini_batch_sizes: Array.from({ length: cells }, (_, index) => index + 1),
    });
    const random = seededRandom(seed, `precision ${spells} ${cells} ${sweep}`);
    const speed = machineSpeed(random, spells);
    const goal = { text: "precision 5%", halfWidth: HALF_WIDTH, budgetMs: Number.POSITIVE_INFINITY };
    const chooser = precisionChooser(design, goal);
    const logs = new Map<number, number[]>();
    let second = 0;
    for (let next = chooser.next(); next !== undefined && second < MOST_TRIALS; next = chooser.next()) {
      if (next instanceof Promise) throw new Error("precision is chosen at once");
      const { trialId, cell, trial } = next.planned;
      const log = speed() + OWN_DEVIATION * random.normal();
      logs.set(cell.miniBatchSize, [...(logs.get(cell.miniBatchSize) ?? []), log]);
      const row = sampleTrial(trialId, {
        ...{ trial, miniBatchSize: cell.miniBatchSize, inputSizePx: 32, ...cell.device },
        ...{ startedAt: new Date(1000 * second++).toISOString(), steadyMedianMs: TRUE_MS * Math.exp(log) },
      });
      chooser.learn({ trials: [row], inferences: [], pulses: [], choices: [] });
    }
    trials += second;
    for (const ofCell of logs.values()) within += Number(Math.abs(meanOf(ofCell)) <= Math.log1p(HALF_WIDTH));
  }
  return { within: within / (sweeps * cells), processes: trials / (sweeps * cells) };
}

/** Cells that are measured in turns: few of them see few spells. */
const CELLS_OF_A_SWEEP = [1, 2, 6, 20];
const SPELLS = [0, 0.08];
/** A sweep of many processes takes as long as many cells. */
const CELLS_A_SWEEP = 100;

/** A table in Markdown, a scatter of processes a line, then one of a machine with slow spells. */
export function* processesTable(cells: number, seed: number): Generator<string> {
  yield "| scatter between processes | within ±5 % | processes, median | most |";
  yield "|---|---|---|---|";
  for (const deviation of DEVIATIONS) {
    const { within, median, most } = repeatCells(deviation, cells, seed);
    yield `| ${100 * deviation} % | ${(100 * within).toFixed(1)} % | ${median} | ${most} |`;
  }
  yield "";
  yield "| slow spells | cells | within ±5 % | processes of a cell, mean |";
  yield "|---|---|---|---|";
  for (const spells of SPELLS) {
    for (const count of CELLS_OF_A_SWEEP) {
      const { within, processes } = precisionUnderSpells(spells, count, Math.ceil(cells / CELLS_A_SWEEP), seed);
      yield `| ${100 * spells} % | ${count} | ${(100 * within).toFixed(1)} % | ${processes.toFixed(1)} |`;
    }
  }
}
