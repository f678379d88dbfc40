import { readFileSync } from "node:fs";
import { once } from "./once.js";
import { reasonOf } from "./reason-of.js";
import { UserError } from "./user-error.js";

/** What the runtime learns the processor from, and Node.js how much memory a process has. */
const NEEDED = ["/proc/cpuinfo", "/proc/self/stat"];

/**
 * Makes sure that Linux shows processor and processes: without them the runtime warns in lines of its own, takes slower
 * code than the processor could run, and no memory of a process is known, so that what is measured would tell nothing.
 *
 * @throws UserError naming the file that can't be read
 */
export const requireProc = once(() => {
  if (process.platform !== "linux") return;
  for (const path of NEEDED) {
    let text: string;
    try {
      text = readFileSync(path, "latin1");
    } catch (error) {
      throw new UserError(`${path}: ${reasonOf(error)}, running a model needs it: mount /proc`);
    }
    if (text === "") throw new UserError(`${path}: is empty, running a model needs it: mount /proc`);
  }
});
