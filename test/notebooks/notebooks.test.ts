import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";

const NOTEBOOKS = join(PACKAGE_ROOT, "notebooks");
const names = readdirSync(NOTEBOOKS).filter((name) => name.endsWith(".ipynb"));
const hasJupyter = spawnSync("jupyter", ["nbconvert", "--version"], { stdio: "ignore" }).status === 0;
const out = mkdtempSync(join(tmpdir(), "batchwise-notebooks-"));
after(() => rmSync(out, { recursive: true, force: true }));

interface Cell {
  readonly cell_type: string;
  readonly source: readonly string[];
  readonly outputs?: readonly { readonly output_type: string }[];
}

function cellsOf(path: string): readonly Cell[] {
  return (JSON.parse(readFileSync(path, "utf8")) as { cells: readonly Cell[] }).cells;
}

test("there is a notebook for each of the six questions, committed with its outputs", () => {
  assert.deepEqual(
    names.map((name) => name.slice(0, 2)),
    ["01", "02", "03", "04", "05", "06"],
  );
  for (const name of names) {
    const code = cellsOf(join(NOTEBOOKS, name)).filter(({ cell_type }) => cell_type === "code");
    const outputs = code.flatMap((cell) => cell.outputs ?? []);
    assert.ok((code.at(-1)?.outputs ?? []).length > 0, `${name}: its last cell has no output`);
    assert.ok(!outputs.some(({ output_type }) => output_type === "error"), `${name} ends with an error`);
  }
});

test("run from top to bottom on the reference dataset, every notebook gives the same outputs again", {
  skip: hasJupyter ? false : "Jupyter is not installed",
}, () => {
  const run = spawnSync(process.execPath, [join(PACKAGE_ROOT, "dist", "tools", "run-notebooks.js"), "--out", out], {
    encoding: "utf8",
  });
  assert.equal(run.status, 0, run.stderr);
  for (const name of names) {
    const [before, now] = [NOTEBOOKS, out].map((folder) => cellsOf(join(folder, name)));
    before?.forEach((cell, index) => {
      assert.deepEqual(now?.[index]?.outputs, cell.outputs, `${name}, cell ${index + 1}: ${cell.source[0]}`);
    });
  }
});
