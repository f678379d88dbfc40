import type { FeasiblePlan } from "./plan-outcome.js";

/** What a plan does not know of the model that it is for. */
export interface ServedModel {
  readonly name: string;
  /** Where the server finds the model; only KServe asks. */
  readonly storageUri: string;
  /** For each device type whether it is a GPU. */
  isGpu(type: string): boolean;
}

/** Devices of one type that serve one workload with one mini-batch size. */
interface ServingGroup {
  readonly workload: string;
  readonly type: string;
  readonly miniBatchSize: number;
  readonly devices: number;
}

function servingGroups({ devices }: FeasiblePlan): ServingGroup[] {
  const groups = new Map<string, ServingGroup>();
  for (const { workload, type, miniBatchSize } of devices) {
    const key = `${workload} ${type} ${miniBatchSize}`;
    const before = groups.get(key)?.devices ?? 0;
    groups.set(key, { workload, type, miniBatchSize, devices: before + 1 });
  }
  return [...groups.values()];
}

/**
 * A plan as configurations of NVIDIA Triton Inference Server (config.pbtxt), one for each workload: its mini-batch sizes
 * as preferred batch sizes, the largest as the maximum, and an instance for each device.
 *
 * Source: Triton's model configuration, https://docs.nvidia.com/deeplearning/triton-inference-server/
 */
export function toTritonConfig(plan: FeasiblePlan, { name, isGpu }: ServedModel): string {
  const groups = servingGroups(plan);
  const workloads = [...new Set(groups.map(({ workload }) => workload))];
  return workloads
    .map((workload) => {
      const own = groups.filter((group) => group.workload === workload);
      const sizes = [...new Set(own.map(({ miniBatchSize }) => miniBatchSize))].sort((a, b) => a - b);
      const counts = new Map<string, number>();
      for (const { type, devices } of own) counts.set(type, (counts.get(type) ?? 0) + devices);
      const instances = [...counts].map(
        ([type, count]) =>
          `  {\n    # ${type}\n    count: ${count}\n    kind: ${isGpu(type) ? "KIND_GPU" : "KIND_CPU"}\n  }`,
      );
      return [
        ...(workloads.length > 1 ? [`# ${workload}`] : []),
        `name: "${workloads.length > 1 ? `${name}-${workload}` : name}"`,
        `platform: "onnxruntime_onnx"`,
        `max_batch_size: ${sizes.at(-1)}`,
        "dynamic_batching {",
        `  preferred_batch_size: [ ${sizes.join(", ")} ]`,
        "}",
        "instance_group [",
        instances.join(",\n"),
        "]",
        "",
      ].join("\n");
    })
    .join("\n");
}

/**
 * A plan as KServe InferenceServices, one for each type and mini-batch size: as many replicas as devices, and a batcher
 * with the mini-batch size.
 *
 * Source: KServe's v1beta1 API, https://kserve.github.io/website/
 */
export function toKserveServices(plan: FeasiblePlan, { name, storageUri, isGpu }: ServedModel): string {
  return servingGroups(plan)
    .map(({ workload, type, miniBatchSize, devices }) =>
      [
        "apiVersion: serving.kserve.io/v1beta1",
        "kind: InferenceService",
        "metadata:",
        `  name: ${dnsLabel([name, workload, type, `b${miniBatchSize}`].join("-"))}`,
        "spec:",
        "  predictor:",
        `    minReplicas: ${devices}`,
        `    maxReplicas: ${devices}`,
        "    batcher:",
        `      maxBatchSize: ${miniBatchSize}`,
        "    model:",
        "      modelFormat:",
        "        name: onnx",
        `      storageUri: ${JSON.stringify(storageUri)}`,
        ...(isGpu(type) ? ["      resources:", "        limits:", `          nvidia.com/gpu: "1"`] : []),
        "",
      ].join("\n"),
    )
    .join("---\n");
}

/** Kubernetes allows lower-case letters, digits and dashes, at most 63. */
function dnsLabel(text: string): string {
  const label = text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return label.slice(0, 63).replaceAll(/^-+|-+$/g, "");
}
