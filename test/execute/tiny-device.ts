import { join } from "node:path";
import type { DeviceSpec } from "../../src/execute/execute-protocol.js";
import { writeDummyImages } from "../../src/measure/images.js";

/** What the process of a device is told to run a tiny model, where a test says nothing else. */
export async function tinySpec(
  folder: string,
  own: Partial<DeviceSpec> & Pick<DeviceSpec, "modelPath">,
): Promise<DeviceSpec> {
  return {
    input: { name: "images", type: "float32", layout: "nchw", channels: 3 },
    provider: "cpu",
    threads: 1,
    inputSizePx: 32,
    imagePaths: await writeDummyImages(join(folder, "images"), 32, 1),
    miniBatchSize: 2,
    miniBatches: 2,
    images: 4,
    start: "loaded",
    ...own,
  };
}
