import { UserError } from "../core/user-error.js";
import { hasDataPackage, type Provenance, readDataPackage } from "../dataset/data-package.js";
import type { Design } from "../design/design.js";
import { designDifference } from "../design/design-difference.js";
import { type Shard, shardName } from "../design/shard.js";
import { describeMachine } from "../hardware/machine.js";
import type { HardwareMonitor } from "../hardware/sampling/monitor.js";
import type { ModelDescription } from "./describe-model.js";
import { hostHash } from "./host-hash.js";
import { measuringEnvironment } from "./measuring-environment.js";
import { measureModelWork } from "./model-work.js";
import { observedFeatures, unavailableFeatures } from "./observe-trial.js";
import { readGitCommit, readVersions } from "./provenance.js";

/**
 * The provenance of a new dataset, or that of the dataset which is resumed with one more run.
 *
 * @throws UserError if the folder holds a dataset of another model or design
 */
export async function provenanceOf(
  folder: string,
  design: Design,
  modelPath: string,
  model: ModelDescription,
  runId: string,
  monitor: HardwareMonitor,
  shard?: Shard,
): Promise<Provenance> {
  const before = hasDataPackage(folder, shard) ? readDataPackage(folder, shard).provenance : undefined;
  if (before !== undefined) requireSameExperiment(folder, before, design, model);
  const commit = readGitCommit();
  const measuredOn = {
    machine: { ...(await describeMachine()) },
    versions: readVersions(),
    ...(commit !== undefined && { git_commit: commit }),
  };
  const run = {
    run_id: runId,
    started_at: new Date().toISOString(),
    host: hostHash(),
    ...measuredOn,
    environment: measuringEnvironment(),
    ...(shard !== undefined && { shard: shardName(shard) }),
  };
  if (before !== undefined) return { ...before, runs: [...before.runs, run] };
  const sizes = [];
  for (const inputSizePx of design.input_sizes_px) {
    const { multiplyAdds, activationBytes } = await measureModelWork(modelPath, inputSizePx, model.input);
    sizes.push({ input_size_px: inputSizePx, multiply_adds: multiplyAdds, activation_bytes: activationBytes });
  }
  const { name, graphName, sha256, bytes, parameters } = model;
  return {
    design,
    ...(shard !== undefined && { shard }),
    model: { name, ...(graphName !== undefined && { graph_name: graphName }), sha256, bytes, parameters, sizes },
    ...measuredOn,
    features: observedFeatures(monitor),
    unavailable_features: unavailableFeatures(monitor),
    runs: [run],
  };
}

function requireSameExperiment(folder: string, before: Provenance, design: Design, model: ModelDescription): void {
  if (before.imported !== undefined) throw new UserError(`dataset ${folder}: was imported, choose another folder`);
  if (before.model.sha256 !== model.sha256) {
    throw new UserError(`dataset ${folder}: was measured with another model file, choose another folder`);
  }
  const difference = designDifference(before.design, design);
  if (difference === undefined) return;
  const { key, first, second } = difference;
  throw new UserError(`dataset ${folder}: its design has ${key} ${first}, not ${second}, choose another folder`);
}
