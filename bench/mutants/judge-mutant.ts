import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestCoverage } from "./coverage.js";
import { applyEdit, type Mutant } from "./mutant.js";
import type { ProjectCopy } from "./project-copy.js";
import { runTest } from "./run-test.js";

export type Verdict =
  | { readonly outcome: "killed" | "timeout"; readonly by: string; readonly test?: string }
  /** `untried` are test files that execute the place, and weren't run because they are slow. */
  | { readonly outcome: "survived" | "not covered" | "equivalent"; readonly untried?: readonly string[] };

const LEAST_LIMIT_MS = 20_000;
const LIMIT_FACTOR = 4;

/**
 * Breaks the copy, runs the tests until one notices, and mends the copy. On a busy machine a test may fail once for no
 * reason, so a failure counts if it comes twice.
 */
export async function judgeMutant(copy: ProjectCopy, mutant: Mutant, tests: readonly TestCoverage[]): Promise<Verdict> {
  if (tests.length === 0) return { outcome: "not covered" };
  const path = join(copy.root, mutant.file);
  const code = readFileSync(path, "utf8");
  writeFileSync(path, applyEdit(code, mutant));
  try {
    for (const { file, ms } of tests) {
      const timeLimitMs = Math.max(LEAST_LIMIT_MS, LIMIT_FACTOR * ms);
      let run = await runTest(copy, file, { timeLimitMs });
      if (run.outcome === "failed") run = await runTest(copy, file, { timeLimitMs });
      if (run.outcome === "passed") continue;
      const outcome = run.outcome === "timeout" ? "timeout" : "killed";
      return { outcome, by: file, ...(run.test !== undefined && { test: run.test }) };
    }
    return { outcome: "survived" };
  } finally {
    writeFileSync(path, code);
  }
}
