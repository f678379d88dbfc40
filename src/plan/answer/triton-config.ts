import { counted } from "../../core/counted.js";
import { distinct } from "../../core/distinct.js";
import type { PlannedDevice } from "./plan-outcome.js";
import {
  commentText,
  SERVED_ELEMENTS,
  type ServedGroup,
  type ServedModel,
  type ServedTensor,
  type ServedType,
} from "./served-model.js";

/** Device types that one configuration can serve, because they agree in everything that it says once. */
export interface SharedGroups {
  readonly workload: string;
  readonly served: ServedType;
  readonly groups: ServedGroup[];
}

/**
 * The config.pbtxt of a model.
 *
 * @param firstGpu the number of the first of its GPUs
 */
export function tritonConfig(name: string, shared: SharedGroups, model: ServedModel, firstGpu: number): string {
  const { served, groups } = shared;
  const devices = devicesOf(shared);
  const images = devices.reduce((sum, device) => sum + device.images, 0);
  const batched = served.fixedMiniBatchSize === undefined;
  const sizes = distinct(devices.map(({ miniBatchSize }) => miniBatchSize));
  return [
    `# ${counted(devices.length, "device")}, ${counted(images, "image")}`,
    `name: ${quoted(name)}`,
    `platform: "onnxruntime_onnx"`,
    `max_batch_size: ${batched ? sizes.at(-1) : 0}`,
    ...tensorBlock("input", served.input, served.fixedMiniBatchSize),
    ...tensorBlock("output", served.output, served.fixedMiniBatchSize),
    ...(batched
      ? [
          "dynamic_batching {",
          "  # No max_queue_delay_microseconds: in the plan all images are there at the start.",
          `  preferred_batch_size: [ ${sizes.join(", ")} ]`,
          "}",
        ]
      : []),
    "instance_group [",
    instanceGroups(groups, model, firstGpu).join(",\n"),
    "]",
    ...threadsParameter(served),
    ...accelerator(served),
    ...warmups(served, devices),
    "",
  ].join("\n");
}

function devicesOf({ groups }: SharedGroups): PlannedDevice[] {
  return groups.flatMap(({ devices }) => devices);
}

/** The GPUs that a group takes. */
export function gpusOf({ type, workload, devices }: ServedGroup, model: ServedModel): number {
  const { kind, perGpu = 1 } = model.typeOf(type, workload);
  return kind === "gpu" ? Math.ceil(devices.length / perGpu) : 0;
}

/** Without `gpus` an instance group is made on every GPU of the machine, so each of the plan's GPUs is listed. */
function instanceGroups(groups: readonly ServedGroup[], model: ServedModel, firstGpu: number): string[] {
  let first = firstGpu;
  return groups.flatMap((group) => {
    const { type, workload, devices } = group;
    const { kind, kindNote, perGpu = 1 } = model.typeOf(type, workload);
    const comments = [type, ...(kindNote === undefined ? [] : [kindNote])];
    if (kind === "cpu") return [instanceGroup(comments, [`count: ${devices.length}`, "kind: KIND_CPU"])];
    const gpus = Array.from({ length: gpusOf(group, model) }, (_, index) => first + index);
    first += gpus.length;
    comments.push("GPUs are numbered in the plan's order: put the numbers right for the machine.");
    if (perGpu > 1) comments.push(`${perGpu} instances share a GPU, as they were measured.`);
    const left = devices.length % perGpu;
    const [full, last] = left === 0 ? [gpus, []] : [gpus.slice(0, -1), gpus.slice(-1)];
    const onGpus = (count: number, numbers: readonly number[]) =>
      numbers.length === 0
        ? []
        : [instanceGroup(comments, [`count: ${count}`, "kind: KIND_GPU", `gpus: [ ${numbers.join(", ")} ]`])];
    return [...onGpus(perGpu, full), ...onGpus(left, last)];
  });
}

function instanceGroup(comments: readonly string[], fields: readonly string[]): string {
  const lines = [...comments.map((comment) => `# ${commentText(comment)}`), ...fields];
  return ["  {", ...lines.map((line) => `    ${line}`), "  }"].join("\n");
}

function tensorBlock(what: "input" | "output", tensor: ServedTensor | undefined, fixedMiniBatchSize?: number) {
  if (tensor === undefined) return [];
  return [
    `${what} [`,
    "  {",
    `    name: ${quoted(tensor.name)}`,
    `    data_type: ${SERVED_ELEMENTS[tensor.type]}`,
    `    dims: ${dimsOf(tensor, fixedMiniBatchSize)}`,
    "  }",
    "]",
  ];
}

/** Where the axis of the mini-batch is fixed, the server does not batch, and the axis is one like the others. */
function dimsOf({ dims }: ServedTensor, fixedMiniBatchSize?: number): string {
  return `[ ${[...(fixedMiniBatchSize === undefined ? [] : [fixedMiniBatchSize]), ...dims].join(", ")} ]`;
}

/** The threads of each instance; ONNX Runtime's default would be every core for every instance. */
function threadsParameter({ kind, threads }: ServedType): string[] {
  if (kind !== "cpu" || threads === undefined) return [];
  return ["parameters {", `  key: "intra_op_thread_count"`, `  value: { string_value: "${threads}" }`, "}"];
}

function accelerator({ provider }: ServedType): string[] {
  if (provider !== "tensorrt") return [];
  return ["optimization {", `  execution_accelerators { gpu_execution_accelerator: [ { name: "tensorrt" } ] }`, "}"];
}

/** Zeros and not random data, which are random bytes: as floating point they hold NaN and subnormal numbers. */
function warmups({ input, fixedMiniBatchSize }: ServedType, devices: readonly PlannedDevice[]): string[] {
  if (input === undefined) {
    return ["# No model_warmup: the input is not known (--input-dims); the first inference of each size pays it."];
  }
  const sizes = fixedMiniBatchSize === undefined ? distinct(devices.flatMap(sizesRun)) : [fixedMiniBatchSize];
  const tensor = `{ data_type: ${SERVED_ELEMENTS[input.type]} dims: ${dimsOf(input, fixedMiniBatchSize)} zero_data: true }`;
  const samples = sizes.map((size) =>
    [
      "  {",
      `    name: "mini-batch of ${size}"`,
      `    batch_size: ${fixedMiniBatchSize === undefined ? size : 1}`,
      `    inputs { key: ${quoted(input.name)} value: ${tensor} }`,
      "  }",
    ].join("\n"),
  );
  return ["model_warmup [", samples.join(",\n"), "]"];
}

/** Every number of images that a device runs at once: its mini-batch size, and what is left for the last one. */
function sizesRun({ miniBatchSize, lastMiniBatchSize, images }: PlannedDevice): number[] {
  const rest = images % miniBatchSize;
  return [miniBatchSize, ...(rest > 0 ? [rest] : []), ...(lastMiniBatchSize === undefined ? [] : [lastMiniBatchSize])];
}

/** A string of protobuf's text format: bytes outside printable ASCII are octal escapes. */
function quoted(text: string): string {
  const characters = [...new TextEncoder().encode(text)].map((byte) => {
    const character = String.fromCharCode(byte);
    if (character === '"' || character === "\\") return `\\${character}`;
    return byte >= 0x20 && byte < 0x7f ? character : `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return `"${characters.join("")}"`;
}
