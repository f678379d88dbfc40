import { UserError } from "../core/user-error.js";
import { productOf } from "../model/file/graph-tensors.js";
import { type ModelInput, tensorDims } from "../model/model-input.js";
import { runtimeReason } from "./runtime-reason.js";
import { openSession, type Session } from "./session.js";
import { tensorArray } from "./tensor-array.js";

/** Small first, because most models take any size; then the one that most others are made for. */
const TRIED_SIZES_PX = [64, 224];

/**
 * Which of the inputs that a model's file allows it runs with: the first one with which an inference of zeros ends.
 *
 * @param inputs the likeliest first; a single one is not run
 * @throws UserError if it runs with none of them
 */
export async function inputThatRuns(path: string, inputs: readonly ModelInput[]): Promise<ModelInput> {
  const [only] = inputs;
  if (only === undefined) throw new RangeError(`model ${path} has no input`);
  if (inputs.length === 1) return only;
  let session: Session | undefined;
  let reason = "";
  try {
    session = await openSession(path, { provider: "cpu", threads: 1, input: only });
    for (const sizePx of TRIED_SIZES_PX) {
      for (const input of inputs) {
        try {
          const dims = tensorDims(input, sizePx, input.fixedMiniBatchSize ?? 1);
          await session.run({ type: input.type, dims, data: tensorArray(input.type, productOf(dims)) });
          return input;
        } catch (error) {
          reason ||= runtimeReason(error);
        }
      }
    }
  } catch (error) {
    throw new UserError(`model ${path}: ONNX Runtime can't load it (${runtimeReason(error)})`);
  } finally {
    await session?.close();
  }
  const tried = inputs.map(({ layout, channels }) => `${layout} with ${channels}`).join(", ");
  throw new UserError(
    `model ${path}: input ${only.name}: ran with none of ${tried} (${reason}), allowed are --layout and --channels`,
  );
}
