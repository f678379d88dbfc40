import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeSmallModel } from "../measure/small-model.js";

/** A design of three cells without anchors, whose model is as small as models are, in a folder. */
export function writeTinyDesign(folder: string, trials: number): string {
  writeSmallModel(join(folder, "mean.onnx"), {
    shape: ["N", 3, "H", "W"],
    nodes: [{ opType: "ReduceMean", input: ["images"], output: "mean", attributes: { axes: [2, 3], keepdims: 0 } }],
  });
  const path = join(folder, "design's file.json");
  const design = {
    ...{ name: "tiny", model: "mean.onnx", input_sizes_px: [32], mini_batch_sizes: [1, 2, 4], trials },
    ...{ devices: [{ threads: 1 }], anchors: [] },
    ...{ stopping: { max_inferences: 10 }, idle_ms: 0, pulse: false, memory_limit_mib: 500 },
  };
  writeFileSync(path, JSON.stringify(design));
  return path;
}
