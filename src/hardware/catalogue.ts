import { MODEL_FEATURES } from "./model-features.js";
import { gpuFeatures } from "./nvidia/gpu-source.js";
import type { Feature } from "./reading/feature.js";
import { rateOf } from "./reading/feature-group.js";
import { probeSources } from "./sampling/probe.js";
import { featuresOf } from "./sampling/recorder.js";
import { machineSources } from "./sampling/sampler-sources.js";

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
