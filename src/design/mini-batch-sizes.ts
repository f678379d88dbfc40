import { z } from "zod";
import { staggered } from "./staggered.js";

const LARGEST_MINI_BATCH = 65_536;
/** The largest mini-batch of `"staggered"` where nothing else is said. */
const STAGGERED_TO = 32;

/** A whole number of things from 1. */
export function sizeUpTo(largest: number) {
  return z
    .int("allowed are whole numbers")
    .min(1, "allowed are whole numbers from 1")
    .max(largest, `allowed is at most ${largest}`);
}

/** Different sizes, at least one. */
export function sizesUpTo(largest: number) {
  return z
    .array(sizeUpTo(largest))
    .min(1, "allowed is at least one")
    .refine((values) => new Set(values).size === values.length, "has a value twice");
}

const listed = sizesUpTo(LARGEST_MINI_BATCH);
const bySize = z.record(z.string(), listed);
const staggeredTo = z.strictObject({ staggered_to: sizeUpTo(LARGEST_MINI_BATCH) });

/** The mini-batch sizes of a design: the same at all input sizes, or by input size. */
export type MiniBatchSizes = readonly number[] | Readonly<Record<string, readonly number[]>>;
type Staggered = z.infer<typeof staggeredTo>;

/**
 * A list, a list for each input size, or staggered. The form is told by what is there, so that a misfit is one of that
 * form.
 */
export const miniBatchSizesSchema = z.unknown().transform((value, context): MiniBatchSizes | Staggered => {
  const form = value === "staggered" ? { staggered_to: STAGGERED_TO } : value;
  const isObject = typeof form === "object" && form !== null && !Array.isArray(form);
  const schema = !isObject ? listed : "staggered_to" in form ? staggeredTo : bySize;
  const parsed = schema.safeParse(form);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) context.addIssue({ code: "custom", path, message });
  return z.NEVER;
});

/** Mini-batch sizes with those of a staggered design chosen. */
export function chosenMiniBatchSizes(
  sizes: MiniBatchSizes | Staggered,
  inputSizesPx: readonly number[],
): MiniBatchSizes {
  const largest = "staggered_to" in sizes ? sizes.staggered_to : undefined;
  return typeof largest === "number" ? staggered(inputSizesPx, largest) : (sizes as MiniBatchSizes);
}

/** What is wrong with sizes that are given by input size; undefined where nothing is. */
export function misfitOfSizes(sizes: MiniBatchSizes, inputSizesPx: readonly number[]): string | undefined {
  if (isList(sizes)) return undefined;
  const missing = inputSizesPx.find((inputSizePx) => sizes[inputSizePx] === undefined);
  if (missing !== undefined) return `none for ${missing} px`;
  const further = Object.keys(sizes).find((key) => !inputSizesPx.map(String).includes(key));
  return further === undefined ? undefined : `${further} is none of input_sizes_px`;
}

/** Mini-batch sizes at an input size, smallest first. */
export function sizesAt(sizes: MiniBatchSizes, inputSizePx: number): number[] {
  return [...(isList(sizes) ? sizes : (sizes[inputSizePx] ?? []))].sort((a, b) => a - b);
}

function isList(sizes: MiniBatchSizes): sizes is readonly number[] {
  return Array.isArray(sizes);
}
