// The entry point of a companion: keeps one device busy with a cell, from outside, until it is ended.
import { writeSync } from "node:fs";
import { prepareMiniBatch } from "./images.js";
import { openSession } from "./session.js";
import { classifyFailure, preferAsVictim } from "./trial-failure.js";
import type { CompanionEvent, TrialSpec } from "./trial-protocol.js";

const EVENTS_FILE = 3;
/** After the first inference and one more, memory is allocated and the loop is steady. */
const INFERENCES_UNTIL_STEADY = 2;

const spec: TrialSpec = JSON.parse(process.argv[2] ?? "{}");
const parentPid = process.ppid;

await keepBusy().catch((error: unknown) => {
  tell({ event: "failed", ...classifyFailure(error) });
  process.exitCode = 1;
});

/** Only the end of the process, or of the sweep that started it, ends the loop. */
async function keepBusy(): Promise<void> {
  preferAsVictim();
  const { tensor } = await prepareMiniBatch(spec.imagePaths, spec.input, spec.inputSizePx, spec.miniBatchSize);
  const session = await openSession(spec.modelPath, spec);
  for (let inferences = 1; process.ppid === parentPid; inferences++) {
    await session.run(tensor);
    if (inferences === INFERENCES_UNTIL_STEADY) tell({ event: "steady" });
  }
}

function tell(event: CompanionEvent): void {
  writeSync(EVENTS_FILE, `${JSON.stringify(event)}\n`);
}
