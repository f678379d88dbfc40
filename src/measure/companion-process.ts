// The entry point of a companion: keeps one device busy with a cell, from outside, until it is ended.
import { isOrphan, tellParent, workGiven } from "../processes/work-process.js";
import { prepareMiniBatch } from "./images.js";
import { openSession } from "./session.js";
import { classifyFailure, preferAsVictim } from "./trial-failure.js";
import type { CompanionEvent, TrialSpec } from "./trial-protocol.js";

/** After the first inference and one more, memory is allocated and the loop is steady. */
const INFERENCES_UNTIL_STEADY = 2;

const spec = workGiven<TrialSpec>();
const tell: (event: CompanionEvent) => void = tellParent;

await keepBusy().catch((error: unknown) => {
  tell({ event: "failed", ...classifyFailure(error) });
  process.exitCode = 1;
});

/** Only the end of the process, or of the sweep that started it, ends the loop. */
async function keepBusy(): Promise<void> {
  preferAsVictim();
  const { tensor } = await prepareMiniBatch(spec.imagePaths, spec.input, spec.inputSizePx, spec.miniBatchSize);
  const session = await openSession(spec.modelPath, spec);
  for (let inferences = 1; !isOrphan(); inferences++) {
    await session.run(tensor);
    if (inferences === INFERENCES_UNTIL_STEADY) tell({ event: "steady" });
  }
}
