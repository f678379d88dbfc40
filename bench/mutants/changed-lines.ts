import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The lines of the sources that differ from a commit, as `src/plan/question/capacity.ts:100`. New files count in full.
 */
export function changedLines(root: string, ref: string): Set<string> {
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", root, ...args], {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      stdio: ["ignore", "pipe", "pipe"],
    });
  // Files that git does not know yet are part of the change, and diff sees only those that it knows.
  const untracked = git("ls-files", "--others", "--exclude-standard", "-z", "src", "pipeline")
    .split("\0")
    .filter(Boolean);
  const lines = readHunks(git("diff", "--unified=0", "--no-color", "--no-ext-diff", ref, "--", "src", "pipeline"));
  for (const file of untracked) {
    const { length } = readFileSync(join(root, file), "utf8").split("\n");
    for (let number = 1; number <= length; number++) lines.push(`${file}:${number}`);
  }
  return new Set(lines);
}

/** The lines that a diff without context adds or changes. */
export function readHunks(diff: string): string[] {
  const lines: string[] = [];
  let file = "";
  for (const line of diff.split("\n")) {
    const named = /^\+\+\+ b\/(.*)$/.exec(line);
    if (named?.[1] !== undefined) file = named[1];
    const hunk = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk === null) continue;
    const [first, count] = [Number(hunk[1]), Number(hunk[2] ?? 1)];
    for (let number = first; number < first + count; number++) lines.push(`${file}:${number}`);
  }
  return lines;
}
