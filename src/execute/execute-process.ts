// The entry point of one device of an executed plan: prepares, waits for the common start, classifies its images.
import { createInterface } from "node:readline";
import { monotonicMs } from "../core/clock.js";
import { prepareMiniBatch } from "../measure/images.js";
import { runtimeReason } from "../measure/runtime-reason.js";
import { openSession } from "../measure/session.js";
import { isOrphan, tellParent, workGiven } from "../processes/work-process.js";
import { type DeviceEvent, type DeviceSpec, GO } from "./execute-protocol.js";

const spec = workGiven<DeviceSpec>();
const tell: (event: DeviceEvent) => void = tellParent;

await execute().catch((error: unknown) => {
  tell({ event: "failed", detail: runtimeReason(error) });
  process.exitCode = 1;
});

/** Images are prepared before the start, as they are when a cell is measured: a plan is of inference alone. */
async function execute(): Promise<void> {
  const { miniBatchSize, miniBatches, lastMiniBatchSize, start } = spec;
  const tensor = await tensorOf(miniBatchSize);
  const last = lastMiniBatchSize === undefined ? tensor : await tensorOf(lastMiniBatchSize);
  const open = () => openSession(spec.modelPath, spec);
  const opened = start === "cold" ? undefined : await open();
  if (start === "warm") await opened?.run(tensor);
  const go = nextLine();
  tell({ event: "ready" });
  if ((await go) !== GO) throw new Error("the execution was given up before its start");
  const session = opened ?? (await open());
  let classified = 0;
  for (let index = 0; index < miniBatches; index++) {
    const isLast = index === miniBatches - 1;
    await session.run(isLast ? last : tensor);
    classified += isLast ? (lastMiniBatchSize ?? miniBatchSize) : miniBatchSize;
    if (isOrphan()) process.exit(1); // whoever wanted this plan is gone
  }
  const finishedAtMs = monotonicMs();
  // The last mini-batch is filled up to its size where the images are fewer: those rows are nobody's.
  tell({ event: "done", finishedAtMs, imagesDone: Math.min(classified, spec.images) });
  await session.close();
}

async function tensorOf(miniBatchSize: number) {
  return (await prepareMiniBatch(spec.imagePaths, spec.input, spec.inputSizePx, miniBatchSize)).tensor;
}

async function nextLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  return "";
}
