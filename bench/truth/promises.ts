import { type SeededRandom, seededRandom } from "../../src/core/seeded-random.js";
import { quantile, sorted } from "../../src/core/statistics.js";
import { staggered } from "../../src/design/staggered.js";
import type { DeviceFit } from "../../src/fit/device-fit.js";
import { functionsAtSize } from "../../src/fit/device-functions.js";
import { fitDevice } from "../../src/fit/fit-dataset.js";
import type { Fleet } from "../../src/fleet/fleet.js";
import { fleetProblem } from "../../src/fleet/fleet-question.js";
import { deviceTypeOfFit } from "../../src/fleet/measured-work.js";
import { settledPlan } from "../../src/fleet/plan-fleet.js";
import type { PlanOutcome } from "../../src/plan/answer/plan-outcome.js";
import { planRelaxed, planSoft } from "../../src/plan/plan.js";
import { deviceType } from "../../src/plan/question/device-type.js";
import { DEVICE, simulatedTrial } from "../../test/fit/simulated-device.js";
import { LATENCY_WORLDS, type TrueLatency } from "../../test/worlds/latency-worlds.js";
import { machineSpeed } from "../../test/worlds/machine-speed.js";
import { inRounds, simulatedCells } from "./in-rounds.js";

const SIZES = [64, 128, 224, 320, 448];
const LARGEST = 32;
const TRIALS = 3;
const PLANNED_PX = 224;
/**
 * A device's warm-up beside its latency, and how far their noises go together: as in the trials of data/reference-cpu.
 */
const WARMUP = { constant: 30, factor: 2.5, correlation: 0.45 };
const DEVICES = [1, 4, 16] as const;
const CONFIDENCES = [0.8, 0.9, 0.95] as const;
const EXECUTIONS = 10;
const RESAMPLES = 100;
/** Of the intervals that `--uncertainty` tells. */
const TAIL = 0.05;

/** How processes scatter around their cell, in units of the standard deviation. */
export const NOISES: Readonly<Record<string, (random: SeededRandom) => number>> = {
  normal: (random) => random.normal(),
  "Student's t, 3 degrees": (random) => {
    const squares = [0, 0, 0].reduce((sum) => sum + random.normal() ** 2, 0);
    return random.normal() / Math.sqrt(squares / 3) / Math.sqrt(3);
  },
  "one in ten slower by 3 sd": (random) => random.normal() + (random.uniform() < 0.1 ? 3 : 0),
};

/** How often what plans promise was so, over datasets of one world. */
export interface PromiseOutcome {
  /** The share of executions in which all devices finished within the plan's times, by devices and confidence. */
  readonly kept: readonly { readonly devices: number; readonly confidence: number; readonly share: number }[];
  /** The share of datasets whose 90 % interval of `--uncertainty` holds what is truly possible, ends included. */
  readonly images: number;
  readonly devices: number;
}

/** Plans, executes and judges simulated datasets of a staggered design, three trials a cell. */
export async function promisesIn(
  world: string,
  { datasets, deviation, noise = "normal", spells = 0, seed = 1 }: PromiseWorld,
): Promise<PromiseOutcome> {
  const kept = new Map(
    DEVICES.flatMap((devices) => CONFIDENCES.map((p) => [`${devices} ${p}`, [0, 0] as [number, number]])),
  );
  let [images, devices] = [0, 0];
  for (let dataset = 0; dataset < datasets; dataset++) {
    const random = seededRandom(seed, `promises ${world} ${noise} ${dataset}`);
    const latency = LATENCY_WORLDS[world]?.(random, SIZES) ?? (() => Number.NaN);
    const machine = () => {
      const speed = machineSpeed(random, spells);
      return () => processOf(latency, deviation, speed(), () => NOISES[noise]?.(random) ?? Number.NaN);
    };
    const fit = simulatedFit(machine(), random);
    const timeMs = 40 * latency(PLANNED_PX, 16);
    const truth = trueType(latency, fit, 100_000);
    const ofOne = imagesOf(planRelaxed([{ ...truth, count: 1 }], timeMs));
    for (const count of DEVICES) {
      for (const confidence of CONFIDENCES) {
        const question = { planClass: "soft", images: Math.ceil(0.8 * count * ofOne), timeMs, confidence } as const;
        const { plan } = await settledPlan(fleetProblem({ ...question, fleet: fleetOfFit(fit) }));
        const tally = kept.get(`${count} ${confidence}`);
        if (plan.outcome.status === "infeasible" || tally === undefined) continue;
        const planned = plan.outcome.devices;
        for (let execution = 0; execution < EXECUTIONS; execution++) {
          const process = machine();
          const isKept = planned.every(({ miniBatchSize, furtherMiniBatches, finishUs }) => {
            const { latencyMs, warmupMs } = process()(PLANNED_PX, miniBatchSize);
            return warmupMs + furtherMiniBatches * latencyMs <= finishUs / 1000;
          });
          tally[0] += Number(isKept);
          tally[1]++;
        }
      }
    }
    const resampled = Array.from({ length: RESAMPLES }, (_, index) =>
      deviceTypeOfFit(fit, PLANNED_PX, 100_000, { kind: "resample", index }),
    );
    const within = (values: readonly number[], value: number) => {
      const spread = sorted(values);
      return Number(value >= quantile(spread, TAIL) && value <= quantile(spread, 1 - TAIL));
    };
    images += within(
      resampled.map((type) => imagesOf(planRelaxed([{ ...type, count: 4 }], timeMs))),
      imagesOf(planRelaxed([{ ...truth, count: 4 }], timeMs)),
    );
    const asked = Math.ceil(200 * ofOne);
    devices += within(
      resampled.map((type) => devicesOf(planSoft([type], asked, timeMs))),
      devicesOf(planSoft([truth], asked, timeMs)),
    );
  }
  return {
    kept: DEVICES.flatMap((count) =>
      CONFIDENCES.map((confidence) => {
        const [held, executions] = kept.get(`${count} ${confidence}`) ?? [0, 0];
        return { devices: count, confidence, share: held / executions };
      }),
    ),
    images: images / datasets,
    devices: devices / datasets,
  };
}

/** Which datasets are simulated. */
export interface PromiseWorld {
  readonly datasets: number;
  /** Of processes around their cell, as a standard deviation of logarithms. */
  readonly deviation: number;
  /** One of `NOISES`. */
  readonly noise?: string;
  /** Of the machine's speed, which goes on from process to process. Default: 0. */
  readonly spells?: number;
  readonly seed?: number;
}

/** A new process: how long its inferences take at a cell. */
type Process = (
  inputSizePx: number,
  miniBatchSize: number,
) => { readonly latencyMs: number; readonly warmupMs: number };

function processOf(latency: TrueLatency, deviation: number, speed: number, noise: () => number): Process {
  const [shared, other] = [noise(), noise()];
  const ofWarmup = WARMUP.correlation * shared + Math.sqrt(1 - WARMUP.correlation ** 2) * other;
  return (inputSizePx, miniBatchSize) => ({
    latencyMs: latency(inputSizePx, miniBatchSize) * Math.exp(speed + deviation * shared),
    warmupMs: warmupOf(latency(inputSizePx, miniBatchSize)) * Math.exp(speed + deviation * ofWarmup),
  });
}

function warmupOf(latencyMs: number): number {
  return WARMUP.constant + WARMUP.factor * latencyMs;
}

function simulatedFit(process: () => Process, random: SeededRandom): DeviceFit {
  const cells = simulatedCells(staggered(SIZES, LARGEST));
  const trials = Array.from(inRounds(cells, TRIALS, random), ({ inputSizePx, miniBatchSize, round }) => {
    const { latencyMs, warmupMs } = process()(inputSizePx, miniBatchSize);
    return {
      ...simulatedTrial(inputSizePx, miniBatchSize, Number.POSITIVE_INFINITY, round),
      ...{ steadyMedianMs: latencyMs, firstInferenceMs: warmupMs },
    };
  });
  return fitDevice(DEVICE, undefined, trials, () => []);
}

/** The device as it is, at the mini-batches that plans may use. */
function trueType(latency: TrueLatency, fit: DeviceFit, count: number) {
  const { miniBatchSizes } = functionsAtSize(fit, PLANNED_PX);
  return deviceType({
    ...{ name: "true", count, loadMs: 0, miniBatchSizes, maxMiniBatchSize: miniBatchSizes.at(-1) ?? 0 },
    latencyMs: (batch) => latency(PLANNED_PX, batch),
    warmupMs: (batch) => warmupOf(latency(PLANNED_PX, batch)),
  });
}

function fleetOfFit(fit: DeviceFit): Fleet {
  return {
    ...{ workloads: [""], sources: [], measured: true, notes: [], maxConfidence: 1, fewestRuns: 1 },
    ...{ noiseKnown: true, warmupKnown: true },
    types: (basis) => [deviceTypeOfFit(fit, PLANNED_PX, 1000, basis)],
  };
}

function imagesOf(plan: PlanOutcome): number {
  return plan.status === "infeasible" ? 0 : plan.images;
}

function devicesOf(plan: PlanOutcome): number {
  return plan.status === "infeasible" ? Number.POSITIVE_INFINITY : plan.devices.length;
}

/** Of processes by themselves, then of a machine with slow spells. */
const MACHINES: readonly { readonly noise: string; readonly deviation: number; readonly spells: number }[] = [
  ...Object.keys(NOISES).flatMap((noise) => [0.05, 0.1, 0.15].map((deviation) => ({ noise, deviation, spells: 0 }))),
  ...[0.05, 0.1].map((deviation) => ({ noise: "normal", deviation, spells: 0.08 })),
];

/** What plans keep of what they promise, as tables in Markdown. */
export async function* promisesTable(datasets: number, seed: number): AsyncGenerator<string> {
  for (const { noise, deviation, spells } of MACHINES) {
    const machine = `${100 * deviation} % between processes${spells === 0 ? "" : `, slow spells of ${100 * spells} %`}`;
    yield "";
    yield `${datasets} datasets a world, noise ${noise}, ${machine}: kept, in per cent`;
    yield "";
    const asked = DEVICES.flatMap((devices) => CONFIDENCES.map((confidence) => `${devices} at ${confidence}`));
    yield `| world | ${asked.join(" | ")} | images in their interval | devices |`;
    yield `|---|${"---|".repeat(asked.length + 2)}`;
    for (const world of Object.keys(LATENCY_WORLDS)) {
      const { kept, images, devices } = await promisesIn(world, { datasets, deviation, noise, spells, seed });
      const shares = [...kept.map(({ share }) => share), images, devices].map((share) => (100 * share).toFixed(0));
      yield `| ${[world, ...shares].join(" | ")} |`;
    }
  }
}
