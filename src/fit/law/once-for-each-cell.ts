import { onceForEach } from "../../core/once-for-each.js";

/** A function of cells that computes each value once: plans ask for the same cells again and again. */
export function onceForEachCell<Value>(compute: (inputSizePx: number, miniBatchSize: number) => Value) {
  const atSize = onceForEach((inputSizePx: number) =>
    onceForEach((miniBatchSize: number) => compute(inputSizePx, miniBatchSize)),
  );
  return (inputSizePx: number, miniBatchSize: number) => atSize(inputSizePx)(miniBatchSize);
}
