import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import type { TrialRow } from "../../src/dataset/tables.js";
import { writeTrials } from "../dataset/write-trials.js";
import { simulatedTrial, tableTrials } from "../fit/simulated-device.js";
import { hasJupyter, type NotebookCell, textOf } from "./run-cells.js";

const NOTEBOOKS = join(PACKAGE_ROOT, "notebooks");
const names = readdirSync(NOTEBOOKS).filter((name) => name.endsWith(".ipynb"));
const out = mkdtempSync(join(tmpdir(), "batchwise-notebooks-"));
after(() => rmSync(out, { recursive: true, force: true }));

function cellsOf(path: string): readonly NotebookCell[] {
  return (JSON.parse(readFileSync(path, "utf8")) as { cells: readonly NotebookCell[] }).cells;
}

test("there is a notebook to start with and one for each question, committed with their outputs", () => {
  assert.deepEqual(
    names.map((name) => name.slice(0, 2)),
    ["00", "01", "02", "03", "04", "05", "06", "09"],
  );
  for (const name of names) {
    const code = cellsOf(join(NOTEBOOKS, name)).filter(({ cell_type }) => cell_type === "code");
    const outputs = code.flatMap((cell) => cell.outputs ?? []);
    assert.ok((code.at(-1)?.outputs ?? []).length > 0, `${name}: its last cell has no output`);
    assert.ok(!outputs.some(({ output_type }) => output_type === "error"), `${name} ends with an error`);
  }
});

function runNotebooks(...args: readonly string[]) {
  return spawnSync(process.execPath, [join(PACKAGE_ROOT, "dist", "tools", "run-notebooks.js"), ...args], {
    encoding: "utf8",
  });
}

/** What the code cells of the notebooks that were made of a dataset showed. */
function shownOf(dataset: string): string {
  return names
    .flatMap((name) => cellsOf(join(dataset, "notebooks", name)))
    .map(({ outputs = [] }) => textOf(outputs))
    .join("\n");
}

const SMALL: readonly {
  readonly name: string;
  readonly trials: readonly TrialRow[];
  readonly threads: readonly number[];
}[] = [
  {
    name: "one size, one mini-batch, nothing out of memory",
    trials: tableTrials({ 1: 7 }, { scatter: [0.95, 1, 1.05] }),
    threads: [1],
  },
  { name: "two devices on two hosts, and one that ran out of memory", trials: twoDevices(), threads: [1, 2] },
];

function twoDevices(): TrialRow[] {
  const of = (threads: number, host: string) =>
    [64, 128, 224].flatMap((inputSizePx) =>
      tableTrials(
        { 1: inputSizePx / threads, 2: (2 * inputSizePx) / threads, 4: (4 * inputSizePx) / threads },
        {
          inputSizePx,
          scatter: [0.95, 1],
        },
      ).map((trial) => ({ ...trial, threads, host, trialId: `${threads} ${host} ${trial.trialId}` })),
    );
  const out: TrialRow = { ...simulatedTrial(224, 8, Number.POSITIVE_INFINITY, 1), threads: 1, status: "out_of_memory" };
  return [...of(1, "aaaa"), ...of(1, "bbbb"), ...of(2, "bbbb"), out];
}

for (const { name, trials, threads } of SMALL) {
  test(`of a dataset of ${name} every notebook is made and says what is too little`, {
    skip: hasJupyter ? false : "Jupyter is not installed",
  }, async () => {
    const dataset = join(out, name);
    const devices = threads.map((count) => ({ provider: "cpu" as const, threads: count }));
    await writeTrials(dataset, { trials: [...trials], devices, memoryLimitMib: 700 });
    const run = runNotebooks("--data", dataset);
    assert.equal(run.status, 0, run.stderr);
    const shown = shownOf(dataset);
    assert.match(
      shown,
      trials.length < 20
        ? /ranking of .*: 3 trials ended well, required are 20/
        : /of 2 hosts or versions, ranked together/,
    );
    assert.doesNotMatch(shown, /NaN|undefined|Infinity/);
  });
}

test("a dataset with nothing to fit is a line for each notebook, and those that follow are tried", {
  skip: hasJupyter ? false : "Jupyter is not installed",
}, async () => {
  const dataset = join(out, "nothing");
  await writeTrials(dataset, {
    trials: [{ ...simulatedTrial(224, 8, Number.POSITIVE_INFINITY, 1), status: "out_of_memory" }],
    memoryLimitMib: 700,
  });
  const tried = ["00-start-here.ipynb", "04-what-drives-warm-up.ipynb"];
  const { status, stderr } = runNotebooks("--data", dataset, ...tried);
  assert.equal(status, 1);
  const lines = stderr.trim().split("\n");
  assert.equal(lines.length, 2 * tried.length, stderr);
  for (const name of tried)
    assert.ok(lines.includes(`notebooks: ${name}: fit of cpu-1t: no trial of it ended well`), name);
});

test("a notebook that there is not is refused in a line", () => {
  const { status, stderr } = runNotebooks("04.ipynb");
  assert.deepEqual([status, stderr], [2, `notebooks: notebook 04.ipynb: allowed are ${names.join(", ")}\n`]);
});
