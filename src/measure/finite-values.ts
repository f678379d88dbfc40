import type { InferenceOutputs } from "./runtime.js";

/** The exponent of a half-precision number; all of its bits are set in infinities and in what is no number. */
const FLOAT16_EXPONENT = 0x7c00;

/** Whether a tensor holds neither an infinity nor what is no number. Texts and whole numbers always do. */
export function hasOnlyFiniteValues({ type, data }: InferenceOutputs[string]): boolean {
  if (!type.startsWith("float")) return true;
  if (data instanceof Uint16Array) return data.every((bits) => (bits & FLOAT16_EXPONENT) !== FLOAT16_EXPONENT);
  return Array.prototype.every.call(data, Number.isFinite);
}
