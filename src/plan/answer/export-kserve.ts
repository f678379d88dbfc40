import { counted } from "../../core/counted.js";
import { largestOf } from "../../core/largest-of.js";
import type { FeasiblePlan, PlannedDevice } from "./plan-outcome.js";
import {
  commentText,
  type ServedGroup,
  type ServedModel,
  type ServedType,
  servedGroups,
  uniqueName,
} from "./served-model.js";

/** `<name>-predictor-00001`, the name of the service's revision, is a DNS label: at most 63 characters. */
const LONGEST_NAME = 63 - "-predictor-00001".length;

/**
 * What a server gets beyond the measured peak, which is that of another program with the same runtime, and the steps to
 * which the sum is rounded up.
 */
const MEMORY_MARGIN = 0.25;
const MEMORY_STEP_MIB = 64;

/**
 * A plan as KServe InferenceServices, one for each workload, type and mini-batch size: as many replicas as devices, a
 * batcher with the mini-batch size, and the CPUs, memory and GPU of a device, as far as they are known.
 *
 * Sources: kserve, config/crd/full/serving.kserve.io_inferenceservices.yaml, pkg/apis/serving/v1beta1 (names) and
 * pkg/batcher/handler.go (the batcher waits 5 s unless told)
 */
export function toKserveServices(plan: FeasiblePlan, model: ServedModel): string {
  const taken = new Set<string>();
  return servedGroups(plan, { bySize: true })
    .map((group) => serviceOf(group, model, taken))
    .join("---\n");
}

function serviceOf({ workload, type, devices }: ServedGroup, model: ServedModel, taken: Set<string>): string {
  const miniBatchSize = devices[0]?.miniBatchSize ?? 1;
  const images = devices.reduce((sum, device) => sum + device.images, 0);
  const name = dnsLabel([model.name, workload, type, `b${miniBatchSize}`].join("-"));
  return [
    `# ${counted(devices.length, "device")} ${commentText(type)}, ${counted(images, "image")}`,
    "apiVersion: serving.kserve.io/v1beta1",
    "kind: InferenceService",
    "metadata:",
    `  name: ${quoted(uniqueName(name, LONGEST_NAME, taken))}`,
    "spec:",
    "  predictor:",
    `    minReplicas: ${devices.length}`,
    `    maxReplicas: ${devices.length}`,
    "    batcher:",
    `      maxBatchSize: ${miniBatchSize}`,
    "      # ms; a mini-batch that is not full waits as long as one takes",
    `      maxLatency: ${longestMiniBatchMs(devices)}`,
    "    model:",
    "      modelFormat:",
    "        name: onnx",
    `      storageUri: ${quoted(model.storageUri)}`,
    ...resources(model.typeOf(type, workload), miniBatchSize).map((line) => `      ${line}`),
    "",
  ].join("\n");
}

/** The mean time of a device's mini-batches, of the slowest device. */
function longestMiniBatchMs(devices: readonly PlannedDevice[]): number {
  const meansMs = devices.map(({ finishUs, furtherMiniBatches }) => finishUs / (furtherMiniBatches + 1) / 1000);
  return Math.max(1, Math.ceil(largestOf(meansMs)));
}

/** Requests equal limits, so that Kubernetes neither overcommits a device nor throttles it. */
function resources(served: ServedType, miniBatchSize: number): string[] {
  const { kind, kindNote, threads, perGpu = 1 } = served;
  const peakMib = served.peakMemoryMib?.(miniBatchSize);
  const amounts = [
    ...(threads === undefined ? [] : [`cpu: "${threads}"`]),
    ...(peakMib === undefined ? [] : [`memory: ${memoryMib(peakMib)}Mi`]),
    ...(kind === "gpu" ? [`nvidia.com/gpu: "1"`] : []),
  ];
  const notes = [
    ...(kindNote === undefined ? [] : [commentText(kindNote)]),
    ...(kind === "gpu" && perGpu > 1 ? [`${perGpu} devices shared a GPU when they were measured.`] : []),
    peakMib === undefined
      ? "Memory on the host was not measured."
      : `Memory: a measured peak of ${Math.ceil(peakMib)} MiB and ${100 * MEMORY_MARGIN} %, ` +
        `in steps of ${MEMORY_STEP_MIB} MiB.`,
  ].map((note) => `# ${note}`);
  if (amounts.length === 0) return notes;
  const indented = amounts.map((amount) => `    ${amount}`);
  return [...notes, "resources:", "  requests:", ...indented, "  limits:", ...indented];
}

function memoryMib(peakMib: number): number {
  return MEMORY_STEP_MIB * Math.ceil((peakMib * (1 + MEMORY_MARGIN)) / MEMORY_STEP_MIB);
}

/** KServe allows lower-case letters, digits and dashes, a letter first. */
function dnsLabel(text: string): string {
  const label = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return /^[a-z]/.test(label) ? label : `m-${label}`;
}

/** A double-quoted YAML string: what is not printable ASCII is escaped. */
function quoted(text: string): string {
  const characters = Array.from(text, (character) => {
    if (character === '"' || character === "\\") return `\\${character}`;
    if (/^[ -~]$/.test(character)) return character;
    const code = character.codePointAt(0) ?? 0;
    const lone = code >= 0xd800 && code <= 0xdfff; // half of a surrogate pair is no character
    return `\\U${(lone ? 0xfffd : code).toString(16).padStart(8, "0")}`;
  });
  return `"${characters.join("")}"`;
}
