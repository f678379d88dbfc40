// How often `compare` claims a difference where there is none, and how often its intervals hold the truth: the trials
// of a dataset split at random into two halves, cell by cell, and simulated datasets, some of them measured in turns.
// Run: npm run bench:compare -- [DIR] [--splits 400] [--worlds 400] [--seed 1] [--json]
import { join } from "node:path";
import { Command } from "commander";
import { compareTrials } from "../src/compare/compare-trials.js";
import { isDifference } from "../src/compare/verdict.js";
import { groupBy } from "../src/core/group-by.js";
import { PACKAGE_ROOT } from "../src/core/package-root.js";
import { type SeededRandom, seededRandom } from "../src/core/seeded-random.js";
import { median, sorted } from "../src/core/statistics.js";
import { percent } from "../src/core/text-table.js";
import { readTrials } from "../src/dataset/read-trials.js";
import type { TrialRow } from "../src/dataset/tables.js";
import { deviceName } from "../src/design/design.js";
import { cellOf } from "../src/fit/observed/observation.js";
import { benchOptions, whole } from "./bench-options.js";
import { simulatedPairs, simulatedSide, WORLDS } from "./compare/simulated-side.js";

interface Options {
  readonly splits: number;
  readonly worlds: number;
  readonly seed: number;
  readonly json?: boolean;
}

/** Shares of what was looked at, over all repetitions. The true ratio is 1. */
interface Rates {
  readonly what: string;
  /** Cells and overall ratios whose 95 % interval holds it. */
  readonly cellsHeld: number;
  readonly worstCellHeld: number;
  readonly overallHeld: number;
  /** Comparisons that claim any difference. */
  readonly anyClaimed: number;
  /** The half width of the interval of a cell, in the median. */
  readonly halfWidth: number;
}

/** What a neighbour costs who comes and goes. */
const SPELLS = 0.3;

const program = new Command("bench:compare")
  .argument("[dir]", "a dataset whose trials are split", join(PACKAGE_ROOT, "data", "reference-cpu"))
  .option("--splits <number>", "how often they are", whole(), 400)
  .option("--worlds <number>", "simulated comparisons a world", whole(), 400)
  .option("--seed <number>", "of splits and worlds", whole(), 1)
  .option("--json", "print one JSON object");
const { splits, worlds, seed, json } = benchOptions<Options>(program);
const [folder = ""] = program.processedArgs as string[];

const trials = readTrials(folder).filter(({ status }) => status === "ok");
const [device = ""] = trials.map(deviceName);
const cells = [
  ...groupBy(
    trials.filter((trial) => deviceName(trial) === device),
    cellOf,
  ).values(),
];
const random = seededRandom(seed, "compare");
const rates = [
  ratesOf(`halves of ${device}`, splits, () => compareTrials(...halves(cells, random))),
  ...WORLDS.flatMap((world) =>
    [
      [3, 3],
      [3, 5],
    ].map(([trialsA = 0, trialsB = 0]) =>
      ratesOf(`${world.name}, ${trialsA} and ${trialsB} trials`, worlds, () =>
        compareTrials(simulatedSide(world, trialsA, random), simulatedSide(world, trialsB, random)),
      ),
    ),
  ),
  ...WORLDS.slice(0, 1).flatMap((world) =>
    [true, false].map((inTurns) =>
      ratesOf(`${world.name}, spells of 30 %, 5 trials, ${inTurns ? "in turns" : "taken apart"}`, worlds, () => {
        const { a, b, pairs } = simulatedPairs(world, 5, random, SPELLS);
        return compareTrials(a, b, undefined, inTurns ? pairs : undefined);
      }),
    ),
  ),
];
if (json) console.log(JSON.stringify({ seed, splits, worlds, rates }, null, 2));
else {
  console.table(
    rates.map(({ what, cellsHeld, worstCellHeld, overallHeld, anyClaimed, halfWidth }) => ({
      what,
      "cells held (%)": percent(cellsHeld),
      "worst cell (%)": percent(worstCellHeld),
      "overall held (%)": percent(overallHeld),
      "any difference claimed (%)": percent(anyClaimed),
      "half width of a cell (%)": percent(halfWidth),
    })),
  );
}

/** The trials of each cell in two parts of as many, one of a cell with an odd number by chance larger. */
function halves(ofCells: readonly (readonly TrialRow[])[], by: SeededRandom): [TrialRow[], TrialRow[]] {
  const sides: [TrialRow[], TrialRow[]] = [[], []];
  for (const cell of ofCells) {
    const first = Math.floor(cell.length / 2) + (cell.length % 2 === 1 ? by.integer(0, 1) : 0);
    for (const [place, trial] of by.shuffle(cell).entries()) sides[place < first ? 0 : 1].push(trial);
  }
  return sides;
}

function ratesOf(what: string, count: number, draw: () => ReturnType<typeof compareTrials>): Rates {
  const held = new Map<string, number>();
  let [ratios, overalls, overallHeld, anyClaimed] = [0, 0, 0, 0];
  const halfWidths: number[] = [];
  for (let repetition = 0; repetition < count; repetition++) {
    const compared = draw();
    for (const { quantity, cells: ofQuantity, overall } of compared) {
      for (const cell of ofQuantity) {
        const key = `${quantity} ${cellOf(cell)}`;
        held.set(key, (held.get(key) ?? 0) + holds(cell.ratio.interval));
        ratios++;
        const { low = 0, high = 0 } = cell.ratio.interval ?? {};
        halfWidths.push(Math.sqrt(high / low) - 1);
      }
      overalls++;
      overallHeld += holds(overall.interval);
    }
    const verdicts = compared.flatMap((one) => [one.overall, ...one.cells.map(({ ratio }) => ratio)]);
    anyClaimed += verdicts.some(({ verdict }) => isDifference(verdict)) ? 1 : 0;
  }
  return {
    what,
    cellsHeld: [...held.values()].reduce((sum, times) => sum + times, 0) / ratios,
    worstCellHeld: Math.min(...held.values()) / count,
    overallHeld: overallHeld / overalls,
    anyClaimed: anyClaimed / count,
    halfWidth: median(sorted(halfWidths)),
  };
}

function holds(interval: { readonly low: number; readonly high: number } | undefined): number {
  return interval !== undefined && interval.low <= 1 && interval.high >= 1 ? 1 : 0;
}
