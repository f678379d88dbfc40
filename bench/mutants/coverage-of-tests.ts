import { UserError } from "../../src/core/user-error.js";
import { builtFiles } from "./built-files.js";
import { collectCoverage, readCoverage, type TestCoverage } from "./coverage.js";
import { onCopies } from "./on-copies.js";
import type { ProjectCopy } from "./project-copy.js";

/** The coverage of every test file, and which of them have just passed. */
export interface Tests {
  readonly coverages: readonly TestCoverage[];
  readonly passed: Set<string>;
}

/**
 * Runs every test file whose coverage isn't in a folder yet.
 *
 * @throws {UserError} naming the test files that fail without any mutant
 */
export async function coverageOfTests(copies: readonly ProjectCopy[], folder: string): Promise<Tests> {
  const coverages: TestCoverage[] = [];
  const missing: string[] = [];
  for (const file of builtFiles(copies[0]?.root ?? ".", "dist/test").filter((name) => name.endsWith(".test.js"))) {
    const before = readCoverage(folder, file);
    if (before === undefined) missing.push(file);
    else coverages.push(before);
  }
  const passed = new Set<string>();
  const failed: string[] = [];
  await onCopies(copies, missing, async (copy, file) => {
    const { outcome, test, ms, coverage } = await collectCoverage(copy, folder, file);
    console.error(`coverage of ${file}: ${outcome} after ${(ms / 1000).toFixed(1)} s`);
    if (coverage === undefined) failed.push(test === undefined ? file : `${file} (${test})`);
    else coverages.push(coverage);
    if (coverage !== undefined) passed.add(file);
  });
  if (failed.length > 0) throw new UserError(`without any mutant these tests fail: ${failed.sort().join(", ")}`);
  return { coverages, passed };
}
