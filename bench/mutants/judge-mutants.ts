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
 * where its coverage was known before, it is run once for that.
 *
 * @throws {UserError} naming a test file that fails without any mutant
 */
export async function judgeMutants(
  copies: readonly ProjectCopy[],
  mutants: readonly Mutant[],
  { coverages, passed }: Tests,
  report: (mutant: Mutant, verdict: Verdict) => void,
): Promise<void> {
  await onCopies(copies, mutants, async (copy, mutant) => {
    const verdict = await judgeMutant(copy, mutant, coveringTests(mutant, coverages));
    if ("by" in verdict && !passed.has(verdict.by)) {
      const { outcome, test } = await runTest(copy, verdict.by);
      if (outcome !== "passed") throw new UserError(`${verdict.by} fails without any mutant: ${test ?? outcome}`);
      passed.add(verdict.by);
    }
    report(mutant, verdict);
  });
}
