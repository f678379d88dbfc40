import { seededRandom } from "../../src/core/seeded-random.js";
import type { DecisionQuestion } from "../../src/decide/decision-question.js";
import { LATENCY_WORLDS } from "../../test/worlds/latency-worlds.js";
import { type ReplayedQuestion, randomQuestion } from "./asked.js";
import { bankedDevices } from "./banked-device.js";
import type { ReplayedDevice } from "./device.js";
import { type SimulatedWorld, simulatedDevice } from "./simulated-device.js";

/** A question to a device, asked once. */
export interface ReplayCase extends ReplayedQuestion {
  readonly device: ReplayedDevice;
  readonly seed: number;
}

const OBJECTIVES: readonly DecisionQuestion["objective"][] = ["images", "devices"];
const SIZES_PX = [128, 224, 320];
const NOISES = [0.05, 0.1, 0.15];
/** One device in so many runs out of memory. */
const EDGES = 4;

/** Random questions to simulated devices, the worlds of `bench:truth` in turn. */
export function simulatedCases(
  count: number,
  seed: number,
  machine: Pick<SimulatedWorld, "spells" | "withPulse">,
): ReplayCase[] {
  const worlds = Object.keys(LATENCY_WORLDS);
  return Array.from({ length: count }, (_, index) => {
    const own = 100_000 * seed + index;
    const random = seededRandom(own, "decide case");
    const device = simulatedDevice({
      ...machine,
      world: worlds[index % worlds.length] ?? "",
      inputSizePx: oneOf(SIZES_PX, random.uniform()),
      noise: oneOf(NOISES, random.uniform()),
      withEdge: random.uniform() < 1 / EDGES,
      seed: own,
    });
    const objective = OBJECTIVES[Math.floor(index / worlds.length) % OBJECTIVES.length] ?? "images";
    return { device, seed: own, ...randomQuestion(device, objective, own) };
  });
}

/** Random questions to a dataset's trials, its input sizes in turn. */
export function bankedCases(count: number, seed: number, folder: string): ReplayCase[] {
  const devices = bankedDevices(folder);
  return Array.from({ length: count }, (_, index) => {
    const own = 100_000 * seed + index;
    const device = devices[index % devices.length];
    if (device === undefined) throw new Error(`dataset ${folder}: no trial ended well`);
    const objective = OBJECTIVES[Math.floor(index / devices.length) % OBJECTIVES.length] ?? "images";
    return { device, seed: own, ...randomQuestion(device, objective, own) };
  });
}

function oneOf<Value extends number>(values: readonly Value[], share: number): Value {
  return values[Math.floor(share * values.length)] as Value;
}
