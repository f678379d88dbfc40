import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { coveredRanges, holds, type Ranges, type ScriptCoverage, union } from "./covered-ranges.js";
import type { Mutant } from "./mutant.js";
import type { ProjectCopy } from "./project-copy.js";
import { runTest, type TestRun } from "./run-test.js";

/** What a test file executes of the built code, in all of its processes and threads. */
export interface TestCoverage {
  readonly file: string;
  readonly ms: number;
  readonly covered: Readonly<Record<string, Ranges>>;
}

/** What an earlier run found of a test file. */
export function readCoverage(folder: string, file: string): TestCoverage | undefined {
  const record = recordOf(folder, file);
  return existsSync(record) ? JSON.parse(readFileSync(record, "utf8")) : undefined;
}

/** Runs a test file, and keeps what it executes if it passes. Processes that are killed leave nothing. */
export async function collectCoverage(
  copy: ProjectCopy,
  folder: string,
  file: string,
): Promise<TestRun & { readonly coverage?: TestCoverage }> {
  const raw = join(copy.root, ".coverage");
  const run = await runTest(copy, file, { coverage: raw });
  const covered: Record<string, Ranges> = {};
  for (const name of existsSync(raw) ? readdirSync(raw) : []) {
    for (const script of readScripts(join(raw, name))) {
      if (!script.url.startsWith("file:")) continue;
      const path = relative(copy.root, fileURLToPath(script.url));
      if (!path.startsWith(`dist${sep}`)) continue;
      covered[path] = union(covered[path] ?? [], coveredRanges(script));
    }
  }
  rmSync(raw, { recursive: true, force: true });
  if (run.outcome !== "passed") return run;
  const coverage = { file, ms: run.ms, covered };
  const record = recordOf(folder, file);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${record}.tmp`, JSON.stringify(coverage));
  renameSync(`${record}.tmp`, record);
  return { ...run, coverage };
}

/** The test files that execute a mutant: the one of its own module, those of its folder, the others; quickest first. */
export function coveringTests(mutant: Mutant, tests: readonly TestCoverage[]): TestCoverage[] {
  const module = mutant.file.replace(/\.js$/, "");
  const distance = ({ file }: TestCoverage) => {
    const tested = file.replace("/test/", "/src/").replace(/\.test\.js$/, "");
    if (tested === module) return 0;
    return dirname(tested) === dirname(module) ? 1 : 2;
  };
  return tests
    .filter(({ covered }) => holds(covered[mutant.file] ?? [], mutant.start))
    .sort((a, b) => distance(a) - distance(b) || a.ms - b.ms);
}

function recordOf(folder: string, file: string): string {
  return join(folder, `${file.replaceAll("/", "--")}.json`);
}

/** A process that was killed while it wrote leaves half a file. */
function readScripts(path: string): ScriptCoverage[] {
  try {
    return JSON.parse(readFileSync(path, "utf8")).result;
  } catch {
    return [];
  }
}
