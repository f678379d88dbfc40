import { z } from "zod";
import { hasKey, oneOfForms } from "../core/one-of-forms.js";
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
    .refine((values) => new Set(values).size === values.length, "has a value twice")
    .meta({ uniqueItems: true });
}

const listed = sizesUpTo(LARGEST_MINI_BATCH).meta({ title: "the same at all input sizes" });
const bySize = z.record(z.string(), sizesUpTo(LARGEST_MINI_BATCH)).meta({ title: "by input size" });
const staggeredTo = z
  .strictObject({ staggered_to: sizeUpTo(LARGEST_MINI_BATCH).describe("The largest of them") })
  .meta({ title: "staggered up to a size" });
const staggeredWord = z
  .literal("staggered")
  .transform((): Staggered => ({ staggered_to: STAGGERED_TO }))
  .meta({ title: `staggered up to ${STAGGERED_TO}` });

/** The mini-batch sizes of a design: the same at all input sizes, or by input size. */
export type MiniBatchSizes = readonly number[] | Readonly<Record<string, readonly number[]>>;
type Staggered = z.infer<typeof staggeredTo>;

/** A list, a list for each input size, or staggered. */
export const miniBatchSizesSchema = oneOfForms<MiniBatchSizes | Staggered>(
  [listed, bySize, staggeredWord, staggeredTo],
  (value) => {
    if (value === "staggered") return staggeredWord;
    if (hasKey(value, "staggered_to")) return staggeredTo;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? bySize : listed;
  },
);

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
