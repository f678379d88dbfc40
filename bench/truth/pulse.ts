import { seededRandom } from "../../src/core/seeded-random.js";
import { quantile, sorted } from "../../src/core/statistics.js";
import type { PulseRow, TrialRow } from "../../src/dataset/tables.js";
import { staggered } from "../../src/design/staggered.js";
import { fitDevice } from "../../src/fit/fit-dataset.js";
import { meanOf } from "../../src/fit/observed/cell-logs.js";
import { DEVICE, simulatedTrial } from "../../test/fit/simulated-device.js";
import { LATENCY_WORLDS } from "../../test/worlds/latency-worlds.js";
import { machineSpeed } from "../../test/worlds/machine-speed.js";
import { inRounds, simulatedCells } from "./in-rounds.js";

const SIZES = [64, 128, 224, 320, 448];
const LARGEST = 32;
const TRIALS = 3;
const WORLDS = ["linear", "steps of 8", "roofline"];
const PROCESS_NOISE = 0.05;
/** Of a pulse around the machine's speed. */
const PULSE_NOISE = 0.03;
const NEW_PROCESSES = 5;

/** What a law says of the cells of its design beside the truth: the machine at the mean speed of the session. */
export interface PulseOutcome {
  /** Absolute relative errors over all cells. */
  readonly medianError: number;
  readonly largeError: number;
  /** The share of new processes, each at a speed that the session had, inside their 90 % interval. */
  readonly newProcesses: number;
}

/**
 * Datasets of a staggered design on a machine whose speed changes slowly, fitted with its pulses and without.
 *
 * @param spells the standard deviation of the machine's speed, of its logarithm
 */
export function lawsUnderSpells(
  world: string,
  { datasets, spells, withPulse, seed = 1 }: { datasets: number; spells: number; withPulse: boolean; seed?: number },
): PulseOutcome {
  const errors: number[] = [];
  let [held, processes] = [0, 0];
  for (let dataset = 0; dataset < datasets; dataset++) {
    const random = seededRandom(seed, `pulse ${world} ${spells} ${dataset}`);
    const latency = LATENCY_WORLDS[world]?.(random, SIZES) ?? (() => Number.NaN);
    const cells = simulatedCells(staggered(SIZES, LARGEST));
    const next = machineSpeed(random, spells);
    const speeds: number[] = [];
    const pulses: PulseRow[] = [];
    const trials = Array.from(inRounds(cells, TRIALS, random), ({ inputSizePx, miniBatchSize, round }): TrialRow => {
      const speed = next();
      speeds.push(speed);
      const trial = simulatedTrial(inputSizePx, miniBatchSize, Number.POSITIVE_INFINITY, round);
      const pulseMs = () => 3 * Math.exp(speed + PULSE_NOISE * random.normal());
      pulses.push({ trialId: trial.trialId, pulseBeforeMs: pulseMs(), pulseAfterMs: pulseMs(), touchUsPerPage: 2 });
      const steadyMedianMs = latency(inputSizePx, miniBatchSize) * Math.exp(speed + PROCESS_NOISE * random.normal());
      return { ...trial, steadyMedianMs };
    });
    const fit = fitDevice(DEVICE, undefined, trials, () => [], withPulse ? { pulses } : {});
    const law = fit.latency.law();
    const meanSpeed = meanOf(speeds);
    for (const { inputSizePx, miniBatchSize } of cells) {
      const prediction = law?.at(inputSizePx, miniBatchSize);
      if (prediction === undefined) continue;
      const truth = latency(inputSizePx, miniBatchSize);
      errors.push(Math.abs(prediction.value / (truth * Math.exp(meanSpeed)) - 1));
      const { low, high } = prediction.ofProcess(0.9);
      for (let process = 0; process < NEW_PROCESSES; process++) {
        const value = truth * Math.exp((random.shuffle(speeds)[0] ?? 0) + PROCESS_NOISE * random.normal());
        held += Number(value >= low && value <= high);
        processes++;
      }
    }
  }
  const ordered = sorted(errors);
  return {
    medianError: quantile(ordered, 0.5),
    largeError: quantile(ordered, 0.9),
    newProcesses: held / processes,
  };
}

/** A table in Markdown: with the pulse and without, a world and strength of spells a line. */
export function* pulseTable(datasets: number, seed: number): Generator<string> {
  yield `${datasets} datasets a line, 5 % between processes beside the spells; without the pulse → with it`;
  yield "";
  yield "| world | spells | median error of the law at its cells | 90th percentile | new processes in their 90 % interval |";
  yield "|---|---|---|---|---|";
  for (const world of WORLDS) {
    for (const spells of [0, 0.08, 0.2]) {
      const [without, withIt] = [false, true].map((withPulse) =>
        lawsUnderSpells(world, { datasets, spells, withPulse, seed }),
      );
      const both = (key: keyof PulseOutcome) =>
        [without, withIt].map((outcome) => `${(100 * (outcome?.[key] ?? Number.NaN)).toFixed(1)} %`).join(" → ");
      yield `| ${[world, `${100 * spells} %`, both("medianError"), both("largeError"), both("newProcesses")].join(" | ")} |`;
    }
  }
}
