import type { Feature } from "../reading/feature.js";
import type { Reader, Source } from "../reading/source.js";
import { GPU_FIELD_VALUES, openFieldValues } from "./gpu-field-values.js";
import { openGpuProcesses } from "./gpu-memory.js";
import { GPU_QUERIES } from "./gpu-queries.js";
import type { GpuField, GpuPace, GpuQuery } from "./gpu-query.js";
import { LASTING_ERRORS, type Nvml } from "./nvml.js";
import { openPcieThroughput } from "./pcie-throughput.js";

const SECOND_MS = 1000;

/** The features of one NVIDIA device; their names start with `gpu<index>/`. */
export function gpuFeatures(index: number): Feature[] {
  const feature = (field: Pick<Feature, "name" | "unit" | "kind" | "description">, source: string): Feature => ({
    ...field,
    name: `gpu${index}/${field.name}`,
    scope: "device",
    source: `NVML ${source}`,
    knownBefore: field.kind !== "counter",
  });
  const gauge = (name: string, unit: string, description: string, source: string) =>
    feature({ name, unit, kind: "gauge", description }, source);
  const fieldsOf = (query: GpuQuery) =>
    query.fields.map(({ name, unit, kind, description }) =>
      feature({ name, unit, kind, description }, query.names[0] ?? ""),
    );
  const processes = "nvmlDeviceGetComputeRunningProcesses_v3";
  return [
    ...GPU_QUERIES.flatMap(fieldsOf),
    ...GPU_FIELD_VALUES.map(({ id, name, unit, kind, description }) =>
      feature({ name, unit, kind, description }, `nvmlDeviceGetFieldValues ${id}`),
    ),
    gauge("processes", "1", "Programs that compute on the device.", processes),
    gauge("process_memory_mib", "MiB", "Memory of the measured process on the device.", processes),
    gauge("pcie_sent_kib_per_s", "KiB/s", "Data sent over PCIe, measured over 20 ms.", "nvmlDeviceGetPcieThroughput 0"),
    gauge("pcie_received_kib_per_s", "KiB/s", "Data received over PCIe, so measured.", "nvmlDeviceGetPcieThroughput 1"),
    gauge("driver_version", "1", "Version of the driver, its first two numbers.", "nvmlSystemGetDriverVersion"),
    gauge("cuda_version", "1", "CUDA version that the driver supports.", "nvmlSystemGetCudaDriverVersion_v2"),
  ];
}

/** One NVIDIA device. What it does not support is asked once, and empty from then on, for all that open it. */
export function gpuSource(nvml: Nvml, index: number): Source {
  const features = gpuFeatures(index);
  const device = nvml.device(index);
  const open = device === undefined ? () => lostDevice(features.length, index) : gpuOpener(nvml, device);
  return { features, open: (place) => open(place.pid) };
}

function gpuOpener(nvml: Nvml, device: bigint): (pid: number) => Reader {
  const queries = GPU_QUERIES.map((query) => openQuery(nvml, device, query));
  const readFieldValues = openFieldValues(nvml, device);
  const readProcesses = openGpuProcesses(nvml, device);
  const throughput = openPcieThroughput(nvml, device);
  const driver = Number.parseFloat(nvml.text("nvmlSystemGetDriverVersion") ?? "");
  let asked = false;
  return (pid) => {
    let sinceSlowMs = Number.NaN;
    return {
      read(values, at, elapsedMs) {
        sinceSlowMs += elapsedMs;
        const slow = !(sinceSlowMs < SECOND_MS);
        if (slow) sinceSlowMs = 0;
        const due: Record<GpuPace, boolean> = { once: !asked, second: slow, sample: true };
        asked = true;
        let slot = at;
        for (const query of queries) {
          if (due[query.pace]) query.ask();
          for (const value of query.latest) values[slot++] = value;
        }
        readFieldValues(values, slot);
        slot += GPU_FIELD_VALUES.length;
        const { processes, memoryMib } = readProcesses(pid);
        values[slot++] = processes;
        values[slot++] = memoryMib;
        if (slow) throughput.ask();
        values[slot++] = throughput.sentKibPerS;
        values[slot++] = throughput.receivedKibPerS;
        values[slot++] = driver;
        values[slot] = nvml.cudaVersion ?? Number.NaN;
      },
      problem: () => undefined,
      close: () => undefined,
    };
  };
}

interface OpenQuery {
  readonly pace: GpuPace;
  readonly latest: Float64Array;
  ask(): void;
}

function openQuery(nvml: Nvml, device: bigint, query: GpuQuery): OpenQuery {
  const integers = query.integers ?? [];
  const outputs = query.outputs.map((size) => Buffer.alloc(size));
  const parameters = ["uintptr_t", ...integers.map(() => "int"), ...outputs.map(() => "void *")];
  const latest = new Float64Array(query.fields.length).fill(Number.NaN);
  let call = nvml.statusFunction(query.names, parameters);
  return {
    pace: query.pace,
    latest,
    ask() {
      if (call === undefined) return;
      if (query.version !== undefined) outputs[0]?.writeUInt32LE(query.version);
      const status = call(device, ...integers, ...outputs);
      if (LASTING_ERRORS.has(status)) call = undefined;
      for (const [index, field] of query.fields.entries()) {
        latest[index] = status === 0 ? decode(outputs[field.output ?? 0], field) : Number.NaN;
      }
    },
  };
}

function decode(bytes: Buffer | undefined, field: GpuField): number {
  if (bytes === undefined) return Number.NaN;
  const offset = field.offset ?? 0;
  if (field.bit !== undefined) return (bytes.readBigUInt64LE(offset) & field.bit) !== 0n ? 1 : 0;
  const value = field.type === "u32" ? bytes.readUInt32LE(offset) : Number(bytes.readBigUInt64LE(offset));
  return value * (field.scale ?? 1);
}

function lostDevice(count: number, index: number): Reader {
  return {
    read: (values, at) => values.fill(Number.NaN, at, at + count),
    problem: () => `NVML can't reach device ${index}`,
    close: () => undefined,
  };
}
