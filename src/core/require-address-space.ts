import { readFileSync } from "node:fs";
import { UserError } from "./user-error.js";

const MIB = 2 ** 20;
/** With less than this, Node.js and the libraries in it end without a word, or with one that says nothing. */
export const LEAST_ADDRESS_SPACE_MIB = 1536;
/** The same of a process that prepares images and runs a model. */
export const LEAST_TO_MEASURE_MIB = 2560;

/**
 * Makes sure that this process may map as much memory as what it loads reserves: `ulimit -v`, of which a library that
 * runs out of it can tell nothing but its own end.
 *
 * @param limits recorded files in tests
 * @throws UserError with the limit and what is needed
 */
export function requireAddressSpace(neededMib: number, limits = "/proc/self/limits"): void {
  const limitMib = addressSpaceMib(limits);
  if (limitMib === undefined || limitMib >= neededMib) return;
  throw new UserError(
    `address space: limited to ${Math.floor(limitMib)} MiB (ulimit -v), at least ${neededMib} MiB are needed`,
  );
}

/** @returns undefined where there is no limit, or none that is known */
function addressSpaceMib(path: string): number | undefined {
  try {
    const [, bytes] = /^Max address space\s+(\d+)/m.exec(readFileSync(path, "latin1")) ?? [];
    return bytes === undefined ? undefined : Number(bytes) / MIB;
  } catch {
    return undefined;
  }
}
