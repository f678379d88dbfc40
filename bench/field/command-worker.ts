// Runs commands one after the other in this process, as the command line does, and tells what each wrote and how it
// ended: a process for each would take most of its time to start.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import type { Outcome } from "./outcome.js";

const COMMAND_LINE = pathToFileURL(join(PACKAGE_ROOT, "dist", "pipeline", "command-line.js"));
/** The command line listens on the outputs each time that it is run. */
const MANY = 0;

let calls = 0;
let written = { stdout: "", stderr: "" };
let loose: string | undefined;
for (const name of ["stdout", "stderr"] as const) {
  process[name].setMaxListeners(MANY);
  process[name].write = ((text: string | Uint8Array) => {
    written[name] += typeof text === "string" ? text : Buffer.from(text).toString();
    return true;
  }) as typeof process.stdout.write;
}
process.on("uncaughtException", (error) => {
  loose = String(error.stack);
});

process.on("message", async (args: string[]) => {
  if (args.length === 0) process.exit(0); // as it ends itself it removes what it keeps until then
  written = { stdout: "", stderr: "" };
  loose = undefined;
  process.exitCode = 0;
  process.argv = [process.execPath, "batchwise", ...args];
  await import(`${COMMAND_LINE.href}?call=${++calls}`);
  const outcome: Outcome = { ...written, status: Number(process.exitCode), ...(loose !== undefined && { loose }) };
  process.exitCode = 0;
  process.send?.(outcome);
});
process.on("disconnect", () => process.exit(0));
