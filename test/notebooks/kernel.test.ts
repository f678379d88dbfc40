import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { displayOf } from "../../tools/cell-output.js";
import { jupyterEnvironment } from "../../tools/jupyter.js";
import { writeTrials } from "../dataset/write-trials.js";
import { tableTrials } from "../fit/simulated-device.js";
import { hasJupyter, joined, notebookOf, runCells, textOf } from "./run-cells.js";

const scratch = mkdtempSync(join(tmpdir(), "batchwise-kernel-"));
after(() => rmSync(scratch, { recursive: true, force: true }));
const skip = hasJupyter ? false : "Jupyter is not installed";

test("the kernel works as people type", { skip }, async (t) => {
  const dataset = join(scratch, "dataset");
  await writeTrials(dataset, { trials: tableTrials({ 1: 7, 2: 12, 4: 22, 8: 42 }, { scatter: [0.99, 1, 1.01] }) });
  const ranked = join(scratch, "ranked"); // without the forests that are kept where it was ranked before
  for (const name of ["datapackage.json", "trials", "hardware", "inferences"]) {
    cpSync(join(PACKAGE_ROOT, "data", "other-host", name), join(ranked, name), { recursive: true });
  }
  const cells = {
    earlier: "const data = [1, 2]; let count = 3;",
    shorthand: "({ data, count })",
    inFunction: "const of = ({ count }: { count: number }) => ({ count, data }); of({ count: 1 })",
    assigned: "({ count, missing: count = 5 } = { count: 7 } as { count: number; missing?: number }); count",
    frame: 'import { DataFrame } from "danfojs-node";\nnew DataFrame([{ a: 1, b: "x" }, { a: 2, b: "<y>" }])',
    byName: `import { fitDataset, solvePlan, UserError } from "batchwise";\nconst [fit] = fitDataset(${JSON.stringify(dataset)});`,
    fit: "fit.latency",
    vegaLite: `import { compile, type TopLevelSpec } from "vega-lite";
const bars: TopLevelSpec = { data: { values: [{ x: 1 }] }, mark: "bar", encoding: { x: { field: "x" } } };
compile(bars).spec.marks?.length`,
    wrongSpecification: 'const wrong: TopLevelSpec = { data: { values: [] }, mark: "bars" };',
    mistake: 'fitDataset("/nowhere");',
    awaitedMistake: 'await Promise.reject(new UserError("so much is allowed"));',
    progress: `import { newDisplay } from "tslab";
import { rankDataset } from "batchwise";
const line = newDisplay();
const told: string[] = [];
const onProgress = (done: number, of: number) => { told.push(String(done)); line.text(done + "/" + of + " trees"); };
await rankDataset(${JSON.stringify(ranked)}, { question: "explain", trees: 4, onProgress });
console.log(told.join(" "));`,
    bug: 'throw new Error("a bug");',
    after: "count",
  };
  const names = Object.keys(cells) as (keyof typeof cells)[];
  const shown = runCells(Object.values(cells));
  const of = (name: keyof typeof cells) => textOf(shown[names.indexOf(name)] ?? []);

  await t.test("shorthand properties are of earlier cells", () => {
    assert.equal(of("shorthand"), "{ data: [ 1, 2 ], count: 3 }\n");
    assert.equal(of("inFunction"), "{ count: 1, data: [ 1, 2 ] }\n");
    assert.equal(of("assigned"), "5\n", "both are assigned, the second one last");
  });
  await t.test("a frame and a fit show themselves as tables", () => {
    assert.match(of("frame"), /^<table>.*<th>a<\/th><th>b<\/th>.*<td>0<\/td><td>1<\/td><td>x<\/td>.*&lt;y&gt;/);
    assert.match(of("fit"), /^<table>.*<th>fitted function<\/th>.*latency_ms = .*<table>.*chosen/);
  });
  await t.test("packages with exports and with a top-level await can be imported, and are typed", () => {
    assert.equal(of("vegaLite"), "1\n");
    assert.match(of("wrongSpecification"), /^3?.*1:\d+ - Type '"bars"' is not assignable/);
  });
  await t.test("a ranking tells how far it is, on one line of the cell that changes", () => {
    const outputs = shown[names.indexOf("progress")] ?? [];
    assert.deepEqual(
      outputs.map(({ text, data }) => joined(text ?? data?.["text/plain"] ?? "")),
      ["4/4 trees", "1 2 3 4\n"],
    );
  });
  await t.test("a user's mistake is a line, another error has its place, and who asks to go on goes on", () => {
    assert.equal(of("mistake"), "dataset /nowhere: no datapackage.json in this folder\n");
    assert.equal(of("awaitedMistake"), "so much is allowed\n");
    assert.match(of("bug"), /^Error: a bug\n {4}at evalmachine\.<anonymous>:2:7\n(?!.*node_modules)/s);
    assert.equal(of("after"), "5\n");
  });
});

test("a notebook that fails says which error it was", { skip }, () => {
  writeFileSync(join(scratch, "fails.ipynb"), notebookOf(['throw new RangeError("by so much");', "1"]));
  const { status, stderr } = spawnSync("jupyter", ["nbconvert", "--to=notebook", "--execute", "fails.ipynb"], {
    cwd: scratch,
    env: jupyterEnvironment(),
    encoding: "utf8",
  });
  assert.equal(status, 1);
  assert.match(stderr, /RangeError: by so much/);
});

test("a long frame shows its first and its last rows, and other values have no table", () => {
  const values = Array.from({ length: 100 }, (_, row) => [row]);
  const frame = { $dataIncolumnFormat: [], columns: ["n"], index: values.map(([row = 0]) => row + 1), values };
  const html = displayOf(frame)?.["text/html"] ?? "";
  assert.match(html, /<td>30<\/td><td>29<\/td><\/tr><tr><td>… 40 more rows<\/td><td>…<\/td><\/tr><tr><td>71<\/td>/);
  assert.deepEqual(displayOf({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<b>own</b>" }) }), {
    "text/html": "<b>own</b>",
  });
  for (const value of [null, undefined, 3, "text", {}, [1], { columns: [], values: [] }]) {
    assert.equal(displayOf(value), undefined);
  }
});

test("another tslab than the one that is mended is refused, with the one that is allowed", () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      "--input-type=module",
      "--eval",
      `import fs from "node:fs"; import { syncBuiltinESMExports } from "node:module";
      const read = fs.readFileSync;
      fs.readFileSync = (path, ...rest) => {
        const text = read(path, ...rest);
        return String(path).endsWith("tslab/dist/executor.js") ? String(text).replaceAll("console.log(ret)", "show(ret)") : text;
      };
      syncBuiltinESMExports();
      await import(${JSON.stringify(join(PACKAGE_ROOT, "dist", "tools", "kernel.js"))});`,
    ],
    { encoding: "utf8" },
  );
  assert.notEqual(status, 0);
  assert.match(stderr, /kernel: executor\.js of tslab 1\.0\.22 is not what is mended here, allowed is tslab 1\.0\.22/);
});
