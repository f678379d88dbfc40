import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const TABLES = ["trials", "inferences", "images", "hardware"] as const;

function textOf(dataset: string, table: string): string {
  return readFileSync(join(dataset, table, "part-0.csv"), "utf8");
}

function trialOf(line: string): string {
  return line.slice(0, line.indexOf(","));
}

/** What must outlive any end of a sweep: the bytes of header and rows of every trial that has a whole row in trials. */
export function finishedRows(dataset: string): { readonly trialIds: string[]; readonly parts: string[] } {
  const wholeLines = (table: string) => textOf(dataset, table).split("\n").slice(0, -1);
  const trialIds = wholeLines("trials").slice(1).map(trialOf);
  const finished = new Set(["trial_id", ...trialIds]);
  const parts = TABLES.map((table) =>
    wholeLines(table)
      .filter((line) => finished.has(trialOf(line)))
      .map((line) => `${line}\n`)
      .join(""),
  );
  return { trialIds, parts };
}

/** Start times, latencies, run ids: everything that was measured before stands where it stood, byte for byte. */
export function assertKept({ trialIds, parts }: ReturnType<typeof finishedRows>, dataset: string): void {
  for (const [index, table] of TABLES.entries()) {
    const before = parts[index] ?? "";
    const now = textOf(dataset, table);
    assert.equal(now.slice(0, before.length), before, `${table} of ${trialIds.length} finished trials`);
    const measuredAgain = now
      .slice(before.length)
      .split("\n")
      .filter((line) => trialIds.includes(trialOf(line)));
    assert.deepEqual(measuredAgain, [], table);
  }
}
