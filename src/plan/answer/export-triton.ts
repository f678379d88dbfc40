import { largestOf } from "../../core/largest-of.js";
import type { FeasiblePlan } from "./plan-outcome.js";
import { commentText, type ServedModel, servedGroups, uniqueName } from "./served-model.js";
import { gpusOf, type SharedGroups, tritonConfig } from "./triton-config.js";

/** A model of a Triton model repository: the name of its folder, and its config.pbtxt. */
export interface TritonModel {
  readonly name: string;
  readonly config: string;
}

/** A file system's limit on a folder's name, in bytes. */
const LONGEST_NAME = 255;

/**
 * A plan as models of NVIDIA Triton Inference Server: an instance for each device, the mini-batch sizes as preferred
 * batch sizes, and a warm-up of every size. A configuration has one largest batch, one input and one number of threads,
 * so device types that differ in these become models of their own.
 *
 * Sources: triton-inference-server, common/protobuf/model_config.proto, server/docs/user_guide/model_configuration.md
 * and batcher.md, onnxruntime_backend/README.md
 */
export function toTritonModels(plan: FeasiblePlan, model: ServedModel): TritonModel[] {
  const shared = sharedGroups(plan, model);
  const workloads = new Set(shared.map(({ workload }) => workload));
  const taken = new Set<string>();
  let gpus = 0;
  return shared.map((configured) => {
    const siblings = shared.filter(({ workload }) => workload === configured.workload);
    const parts = [
      ...(workloads.size > 1 ? [configured.workload] : []),
      ...(siblings.length > 1 ? configured.groups.map(({ type }) => type) : []),
    ];
    const name = uniqueName([model.name, ...parts.map(folderPart)].join("-"), LONGEST_NAME, taken);
    const firstGpu = gpus;
    gpus += configured.groups.reduce((sum, group) => sum + gpusOf(group, model), 0);
    return { name, config: tritonConfig(name, configured, model, firstGpu) };
  });
}

/** All models as one text, each under the path of its file. */
export function toTritonText(plan: FeasiblePlan, model: ServedModel): string {
  return toTritonModels(plan, model)
    .map(({ name, config }) => `# ${commentText(name)}/config.pbtxt\n${config}`)
    .join("\n");
}

function sharedGroups(plan: FeasiblePlan, model: ServedModel): SharedGroups[] {
  const shared = new Map<string, SharedGroups>();
  for (const group of servedGroups(plan)) {
    const { workload, type, devices } = group;
    const served = model.typeOf(type, workload);
    const { kind, threads, provider, input, output, fixedMiniBatchSize } = served;
    const ofCpu = kind === "cpu" ? threads : undefined;
    const largest = largestOf(devices.map(({ miniBatchSize }) => miniBatchSize));
    const key = JSON.stringify([workload, kind, largest, ofCpu, provider, input, output, fixedMiniBatchSize]);
    const before = shared.get(key);
    if (before === undefined) shared.set(key, { workload, served, groups: [group] });
    else before.groups.push(group);
  }
  return [...shared.values()];
}

/** A text as a part of a folder's name. */
function folderPart(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replaceAll(/^[-.]+|-+$/g, "");
}
