import { join } from "node:path";
import { onceForEach } from "../core/once-for-each.js";
import { UserError } from "../core/user-error.js";
import { readDataPackage } from "../dataset/data-package.js";
import { EXECUTION_PROVIDERS, inputChoicesOf } from "../design/design.js";
import { describeModel } from "../measure/describe-model.js";
import { writeDummyImages } from "../measure/images.js";
import { listImages } from "../measure/list-images.js";
import { ensureModelFile } from "../measure/model-file.js";
import { requireProvider } from "../measure/runtime.js";
import { type ImageShape, type InputChoices, imageShape } from "../model/model-input.js";
import type { FunctionSource, PlanDocument } from "../plan/answer/plan-document.js";
import type { DeviceSpec } from "./execute-protocol.js";

/** Where a device's functions come from, with everything that an execution needs. */
export type MeasuredSource = {
  readonly [Key in Exclude<keyof FunctionSource, "latency" | "published" | "host">]-?: NonNullable<FunctionSource[Key]>;
};

/** Images that devices have in common. */
interface DummyImages {
  readonly seed: number;
  readonly sizePx: number;
  readonly shape: ImageShape;
}

/**
 * What the process of each device of a plan is told. Models, datasets and dummy images that devices have in common are
 * looked at or made once: opening a model takes as long as a device's own loading.
 *
 * @param sources where each device's functions come from, in the plan's order
 * @param scratch a folder for images that are made
 * @throws UserError if a provider, a model or the images are not those that were measured, or not here
 */
export async function deviceSpecs(
  { devices, question }: PlanDocument,
  sources: readonly MeasuredSource[],
  scratch: string,
): Promise<DeviceSpec[]> {
  const designOf = onceForEach((dataset: string) => readDataPackage(dataset).provenance.design);
  const describe = onceForEach((modelPath: string) =>
    onceForEach((choices: string) => describeModel(modelPath, JSON.parse(choices) as InputChoices)),
  );
  const dummies = onceForEach((key: string) => {
    const { seed, sizePx, shape } = JSON.parse(key) as DummyImages;
    const folder = join(scratch, `seed-${seed}-${shape.heightPx}x${shape.widthPx}`);
    return writeDummyImages(folder, sizePx, seed, shape);
  });
  const specOf = async (source: MeasuredSource, device: PlanDocument["devices"][number]): Promise<DeviceSpec> => {
    const provider = EXECUTION_PROVIDERS.find((name) => name === source.provider);
    if (provider === undefined) throw new UserError(`plan: provider ${source.provider} is not known`);
    requireProvider(provider);
    const modelPath = ensureModelFile(source.model);
    const design = designOf(source.dataset);
    const { sha256, input } = await describe(modelPath)(JSON.stringify(inputChoicesOf(design)));
    if (sha256 !== source.model_sha256) {
      throw new UserError(`plan: model ${source.model} is another file than the one that was measured`);
    }
    const { images, seed = 1 } = design;
    const sizePx = source.input_size_px;
    const made: DummyImages = { seed, sizePx, shape: imageShape(input, sizePx) };
    return {
      modelPath,
      input,
      provider,
      threads: source.threads,
      inputSizePx: sizePx,
      imagePaths: images === undefined ? await dummies(JSON.stringify(made)) : listImages(images),
      miniBatchSize: device.mini_batch_size,
      miniBatches: device.further_mini_batches + 1,
      ...(device.last_mini_batch_size !== undefined && { lastMiniBatchSize: device.last_mini_batch_size }),
      images: device.images,
      start: question.start,
    };
  };
  const specs: DeviceSpec[] = [];
  for (const [index, source] of sources.entries()) {
    const device = devices[index];
    if (device !== undefined) specs.push(await specOf(source, device));
  }
  return specs;
}
