/**
 * A cell in words, whatever its device.
 *
 * @example cellWords({ inputSizePx: 224, miniBatchSize: 8 }) // "224 px × 8"
 */
export function cellWords({
  inputSizePx,
  miniBatchSize,
}: {
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
}): string {
  return `${inputSizePx} px × ${miniBatchSize}`;
}
