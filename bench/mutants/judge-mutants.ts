import { UserError } from "../../src/core/user-error.js";
import { coveringTests } from "./coverage.js";
import type { Tests } from "./coverage-of-tests.js";
import { judgeMutant, type Verdict } from "./judge-mutant.js";
import type { Mutant } from "./mutant.js";
import { onCopies } from "./on-copies.js";
import type { ProjectCopy } from "./project-copy.js";
import { runTest } from "./run-test.js";

/**
 * Judges mutants on all copies at a time. A kill is believed if the test file has passed without a mutant in this run:
 * where its coverage was known before, it is run for that.
 *
 * @param mutants those that survived an earlier run come with the test files that it left out
 * @param slowestMs test files that take longer are not run; a survivor names them
 * @throws {UserError} naming a test file that fails without any mutant
 */
export async function judgeMutants(
  copies: readonly ProjectCopy[],
  mutants: readonly (Mutant & { readonly untried?: readonly string[] })[],
  { coverages, passed }: Tests,
  slowestMs: number,
  report: (mutant: Mutant, verdict: Verdict) => void,
): Promise<void> {
  await onCopies(copies, mutants, async (copy, mutant) => {
    const { untried, ...itself } = mutant;
    const covering = coveringTests(mutant, coverages).filter(({ file }) => untried?.includes(file) ?? true);
    const quick = covering.filter(({ ms }) => ms <= slowestMs);
    const verdict = await judgeMutant(copy, mutant, quick);
    if ("by" in verdict && !passed.has(verdict.by)) {
      let { outcome, test } = await runTest(copy, verdict.by);
      if (outcome !== "passed") ({ outcome, test } = await runTest(copy, verdict.by));
      if (outcome !== "passed") throw new UserError(`${verdict.by} fails without any mutant: ${test ?? outcome}`);
      passed.add(verdict.by);
    }
    const left = covering.filter(({ ms }) => ms > slowestMs).map(({ file }) => file);
    report(itself, "by" in verdict || left.length === 0 ? verdict : { outcome: "survived", untried: left });
  });
}
