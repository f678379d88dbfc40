import type { FeatureKind } from "../reading/feature.js";
import { LASTING_ERRORS, type Nvml } from "./nvml.js";

/** A value that NVML knows by a number (NVML_FI_DEV_…) and gives together with others in one call. */
export interface GpuFieldValue {
  readonly id: number;
  readonly name: string;
  readonly unit: string;
  readonly kind: FeatureKind;
  readonly description: string;
}

const count = (id: number, name: string, description: string, unit = "1"): GpuFieldValue => ({
  id,
  name,
  unit,
  kind: "counter",
  description,
});

export const GPU_FIELD_VALUES: readonly GpuFieldValue[] = [
  { id: 82, name: "memory_temperature_c", unit: "°C", kind: "gauge", description: "Temperature of the memory." },
  count(29, "retired_pages_single_bit", "Pages retired after several corrected errors."),
  count(30, "retired_pages_double_bit", "Pages retired after an uncorrected error."),
  { id: 31, name: "retired_pages_pending", unit: "1", kind: "flag", description: "Pages wait to be retired." },
  count(142, "remapped_rows_corrected", "Memory rows replaced after corrected errors."),
  count(143, "remapped_rows_uncorrected", "Memory rows replaced after uncorrected errors."),
  { id: 144, name: "remapped_rows_pending", unit: "1", kind: "flag", description: "Rows wait to be replaced." },
  { id: 145, name: "remapped_rows_failed", unit: "1", kind: "flag", description: "A row could not be replaced." },
  count(197, "pcie_sent_bytes", "Bytes sent over PCIe.", "B"),
  count(198, "pcie_received_bytes", "Bytes received over PCIe.", "B"),
  count(138, "nvlink_sent_kib", "Data sent over NVLink.", "KiB"),
  count(139, "nvlink_received_kib", "Data received over NVLink.", "KiB"),
];

/** sizeof(nvmlFieldValue_t): u32 id, u32 scope, i64 time, i64 latency, i32 type, i32 status, 8 bytes of value. */
const BYTES_PER_FIELD = 40;
const TYPE_AT = 24;
const STATUS_AT = 28;
const VALUE_AT = 32;
/** The scope of NVLink values that means all links together. */
const ALL_LINKS = 0xffffffff;

/** Reads all field values that a device supports with one call; others are NaN and not asked again. */
export function openFieldValues(nvml: Nvml, device: bigint): (values: Float64Array, at: number) => void {
  const call = nvml.statusFunction(["nvmlDeviceGetFieldValues"], ["uintptr_t", "int", "void *"]);
  let asked = [...GPU_FIELD_VALUES.keys()];
  const request = Buffer.alloc(asked.length * BYTES_PER_FIELD);
  return (values, at) => {
    values.fill(Number.NaN, at, at + GPU_FIELD_VALUES.length);
    if (call === undefined || asked.length === 0) return;
    for (const [place, index] of asked.entries()) {
      const field = GPU_FIELD_VALUES[index];
      request.fill(0, place * BYTES_PER_FIELD, (place + 1) * BYTES_PER_FIELD);
      request.writeUInt32LE(field?.id ?? 0, place * BYTES_PER_FIELD);
      if (field?.name.startsWith("nvlink")) request.writeUInt32LE(ALL_LINKS, place * BYTES_PER_FIELD + 4);
    }
    if (call(device, asked.length, request) !== 0) return;
    const lost = new Set<number>();
    for (const [place, index] of asked.entries()) {
      const start = place * BYTES_PER_FIELD;
      const status = request.readInt32LE(start + STATUS_AT);
      if (status === 0) values[at + index] = valueAt(request, start);
      else if (LASTING_ERRORS.has(status)) lost.add(index);
    }
    if (lost.size > 0) asked = asked.filter((index) => !lost.has(index));
  };
}

/** The value as the type that came with it: nvmlValueType_t. */
function valueAt(bytes: Buffer, start: number): number {
  const at = start + VALUE_AT;
  switch (bytes.readInt32LE(start + TYPE_AT)) {
    case 0:
      return bytes.readDoubleLE(at);
    case 1:
      return bytes.readUInt32LE(at);
    case 2:
    case 3:
      return Number(bytes.readBigUInt64LE(at));
    case 4:
      return Number(bytes.readBigInt64LE(at));
    case 5:
      return bytes.readInt32LE(at);
    case 6:
      return bytes.readUInt16LE(at);
    default:
      return Number.NaN;
  }
}
