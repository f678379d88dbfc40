import type { ElementName } from "../model/tensor-element.js";

/** `float16` numbers are held as their bit patterns, `bfloat16` ones as the 32-bit numbers that they are cast from. */
const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Float32Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  bool: Uint8Array,
} as const satisfies Partial<Record<ElementName, unknown>>;

/** Element types of tensors that can be made here. */
export type HeldElement = keyof typeof ARRAYS;
/** The values of a tensor. */
export type TensorArray = InstanceType<(typeof ARRAYS)[HeldElement]>;

/**
 * The values of a tensor, all 0 or made from numbers.
 *
 * @example tensorArray("int64", [1, 2]) // BigInt64Array [1n, 2n]
 */
export function tensorArray(type: HeldElement, from: number | readonly number[]): TensorArray {
  if (typeof from === "number") return new ARRAYS[type](from);
  if (type === "float16") return Uint16Array.from(from, float16Bits);
  if (type === "int64") return BigInt64Array.from(from.map(wholeNumber));
  if (type === "uint64") return BigUint64Array.from(from.map(wholeNumber));
  return ARRAYS[type].from(from);
}

function wholeNumber(value: number): bigint {
  return BigInt(Math.trunc(value));
}

/** The IEEE 754 half-precision bit pattern nearest to a number of magnitude 2⁻¹⁴ to 65,504; smaller ones become 0. */
function float16Bits(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const rounded = (bits & 0x7fff_ffff) + 0x0fff + ((bits >>> 13) & 1);
  const exponent = (rounded >>> 23) - 127 + 15;
  return exponent <= 0 ? sign : sign | (exponent << 10) | ((rounded >>> 13) & 0x3ff);
}
