import { createRequire } from "node:module";
import type { onnx } from "onnx-proto";
import { once } from "../../core/once.js";

/** The messages of ONNX files: loaded where one is read, because that takes longer than all of a plan. */
export const onnxFormat = once((): typeof onnx => {
  const { onnx: format }: typeof import("onnx-proto") = createRequire(import.meta.url)("onnx-proto");
  return format;
});
