import type { Feature } from "./feature.js";
import { rateOf } from "./feature-group.js";
import { gpuFeatures } from "./gpu-source.js";
import { MODEL_FEATURES } from "./model-features.js";
import { probeSources } from "./probe.js";
import { featuresOf } from "./recorder.js";
import { machineSources } from "./sampler-sources.js";

/** What decides which features a machine has. */
export interface MonitoredMachine {
  readonly platform: NodeJS.Platform;
  /** NVIDIA devices that are watched. */
  readonly gpus: number;
}

/**
 * Every feature that the sampler, the probe or the model's description can give on a machine, each once. The list
 * depends on the platform and the number of GPUs only, so that datasets of different machines have the same columns.
 */
export function catalogueFor(machine: MonitoredMachine): readonly Feature[] {
  const gpus = Array.from({ length: machine.gpus }, (_, index) => gpuFeatures(index)).flat();
  const features = [
    ...MODEL_FEATURES,
    ...featuresOf(machineSources(machine.platform)),
    ...gpus,
    ...gpus.filter((feature) => feature.kind === "counter").map(rateOf),
    ...featuresOf(probeSources(machine.platform)),
  ];
  return [...new Map(features.map((feature) => [feature.name, feature])).values()];
}
