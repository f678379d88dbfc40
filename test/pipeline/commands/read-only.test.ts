import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { writeTrials } from "../../dataset/write-trials.js";
import { tableTrials } from "../../fit/simulated-device.js";
import { writeTinyModel } from "./tiny-model.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-writable-"));
const fixed = mkdtempSync(join(tmpdir(), "batchwise-read-only-"));
const dataset = join(fixed, "dataset");
const design = join(folder, "design.json");

/** Who may not mount anything has the file system's answer from Node's own functions. */
const REFUSING = `import fs from "node:fs";
  import { syncBuiltinESMExports } from "node:module";
  const refuse = (name, writes = () => true) => {
    const own = fs[name];
    fs[name] = (path, ...more) => {
      if (String(path).startsWith(${JSON.stringify(fixed)}) && writes(...more)) {
        throw Object.assign(new Error("EROFS: read-only file system, " + name), { code: "EROFS", path });
      }
      return own(path, ...more);
    };
  };
  for (const name of ["mkdirSync", "writeFileSync", "renameSync"]) refuse(name);
  refuse("openSync", (flags = "r") => flags !== "r");
  syncBuiltinESMExports();`;
const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(REFUSING)}`;
const mount = (...args: string[]) => spawnSync("mount", args).status === 0;
const mounted = mount("-t", "tmpfs", "tmpfs", fixed);

before(async () => {
  const written = join(folder, "dataset");
  await writeTrials(written, { trials: tableTrials({ 1: 7, 2: 12, 4: 22 }, { scatter: [0.99, 1, 1.01] }) });
  cpSync(written, dataset, { recursive: true });
  writeTinyModel(join(folder, "tiny.onnx"), "uint8", ["N", "H", "W", 3], [1, 2]);
  const cell = { input_sizes_px: [24], mini_batch_sizes: [1] };
  writeFileSync(design, JSON.stringify({ name: "read-only", model: "tiny.onnx", ...cell }));
  if (mounted) assert.ok(mount("-o", "remount,ro", fixed));
});
after(() => {
  if (mounted) spawnSync("umount", [fixed]);
  for (const path of [folder, fixed]) rmSync(path, { recursive: true, force: true });
});

function call(args: readonly string[]) {
  const env = { ...process.env, ...(!mounted && { NODE_OPTIONS }) };
  return spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8", env });
}

const page = (name: string) => join(dataset, name);
const REFUSED: [args: string[], status: number, what: string][] = [
  [["sweep", "--design", design, "--out", join(fixed, "new")], 2, `dataset ${join(fixed, "new")}`],
  [["sweep", "--design", design, "--out", dataset], 2, `dataset ${dataset}`],
  [["figures", dataset], 2, `folder ${page("figures")}`],
  [["report", dataset], 2, `--out ${page("report.html")}: folder ${dataset}`],
  [["planner", dataset], 2, `--out ${page("planner.html")}: folder ${dataset}`],
  [["dataset", "export", dataset, "--out", page("parquet")], 2, `folder ${page("parquet")}`],
  [["dataset", "convert", dataset, "--format", "parquet"], 1, join(dataset, "sweep.lock")],
  [["model", "build", "efficientnet-b0", "--out", join(fixed, "b0.onnx")], 2, `folder ${fixed}`],
];

for (const [args, status, what] of REFUSED) {
  test(`on a read-only file system ${args.slice(0, 2).join(" ").replace(fixed, "…")} is one line with the path`, (t) => {
    t.diagnostic(mounted ? "a tmpfs is mounted read-only" : "nothing can be mounted here: Node's functions refuse");
    const entries = readdirSync(fixed);
    const { stderr, stdout, ...ended } = call(args);
    assert.deepEqual(
      { status: ended.status, stderr, stdout },
      { status, stderr: `batchwise: ${what}: read-only file system\n`, stdout: "" },
    );
    assert.deepEqual(readdirSync(fixed), entries);
  });
}

test("what only reads a dataset does so on a read-only file system", () => {
  const fit = call(["fit", dataset]);
  assert.deepEqual([fit.status, fit.stderr], [0, ""]);
  assert.match(fit.stdout, /latency_ms = /);
  const drawn = call(["figures", dataset, "--only", "inference-time", "--out", join(folder, "figures")]);
  assert.equal(drawn.status, 0, drawn.stderr);
  assert.equal(call(["dataset", "export", dataset, "--out", join(folder, "parquet")]).status, 0);
});
