import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { DatasetWriter } from "../../src/dataset/dataset-writer.js";
import { designSchema } from "../../src/design/design.js";
import { featureGroup } from "../../src/hardware/reading/feature-group.js";
import type { HardwareMonitor } from "../../src/hardware/sampling/monitor.js";
import { describeModel } from "../../src/measure/describe-model.js";
import { hostHash } from "../../src/measure/host-hash.js";
import { readGitCommit, readVersions } from "../../src/measure/provenance.js";
import { provenanceOf } from "../../src/measure/sweep-provenance.js";
import { writeSmallModel } from "./small-model.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-provenance-"));
after(() => rmSync(folder, { recursive: true }));

const monitor: HardwareMonitor = {
  features: [featureGroup("g", "machine", "test").gauge("a", "1", "", "A.")],
  unavailable: [{ name: "g/a", reason: "not here" }],
  samplerPid: undefined,
  interrupted: false,
  watch() {},
  unwatch: async () => [],
  async close() {},
};
const model = join(folder, "conv.onnx");
writeSmallModel(model, {
  shape: ["N", 3, "H", "W"],
  nodes: [{ opType: "Conv", input: ["images", "w"], output: "y", attributes: { pads: [1, 1, 1, 1] } }],
  weights: { w: [4, 3, 3, 3] },
});
const description = await describeModel(model);

function designOf(more: object = {}) {
  const base = { name: "p", model, input_sizes_px: [8, 16], mini_batch_sizes: [1], devices: [{ threads: 1 }] };
  return designSchema.parse({ ...base, ...more });
}

test("a new dataset says its design, its model with its work at each size, and what can change a measurement", async () => {
  const found = await provenanceOf(join(folder, "new"), designOf(), model, description, "run-1", monitor);
  assert.deepEqual(found.design, designOf());
  // Oracle: by hand. 4 channels out of 3 with a kernel of 9 at every pixel, and 4 values of 4 bytes.
  assert.deepEqual(found.model, {
    ...{ name: "conv", sha256: description.sha256, bytes: description.bytes, parameters: 108 },
    sizes: [8, 16].map((size) => ({
      ...{ input_size_px: size, multiply_adds: 4 * 27 * size ** 2, activation_bytes: 4 * 4 * size ** 2 },
    })),
  });
  const [run, ...more] = found.runs;
  assert.deepEqual([run?.run_id, run?.ended_at, more], ["run-1", undefined, []]);
  assert.match(run?.started_at ?? "", /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.equal(found.features[0]?.name, "g/a");
  assert.deepEqual(found.unavailable_features.at(-1), { name: "g/a", reason: "not here" });
  assert.deepEqual(found.versions, readVersions());
  assert.equal(typeof found.machine.kernel === "string" || Object.keys(found.machine).length > 3, true);
  assert.equal(found.git_commit, readGitCommit());
});

test("a dataset that is resumed keeps how it came to be and has one more run", async () => {
  const dataset = join(folder, "resumed");
  const first = await provenanceOf(dataset, designOf(), model, description, "run-1", monitor);
  const before = { ...first, versions: { batchwise: "0.0.1" }, machine: { model: "another" } };
  await (await DatasetWriter.open(dataset, before)).close("interrupted");
  process.env.OMP_NUM_THREADS = "3";
  const { runs, ...others } = await provenanceOf(dataset, designOf(), model, description, "run-2", monitor);
  delete process.env.OMP_NUM_THREADS;
  assert.deepEqual(
    runs.map(({ run_id }) => run_id),
    ["run-1", "run-2"],
  );
  const [old, own] = runs;
  assert.deepEqual(old, first.runs[0], "what an earlier run ran with stays");
  assert.deepEqual(own?.versions, readVersions());
  assert.deepEqual(Object.keys(own?.machine ?? {}), Object.keys(first.machine));
  assert.equal(own?.host, hostHash());
  assert.equal(own?.environment?.OMP_NUM_THREADS, "3");
  assert.equal(old?.environment?.OMP_NUM_THREADS, undefined);
  const { runs: firstRuns, ...expected } = before;
  assert.equal(firstRuns.length, 1);
  assert.deepEqual(JSON.parse(JSON.stringify(others)), JSON.parse(JSON.stringify(expected)));

  const refused = async (more: object, described: object, message: RegExp) => {
    const other = provenanceOf(dataset, designOf(more), model, { ...description, ...described }, "run-3", monitor);
    await assert.rejects(other, { name: "UserError", message });
  };
  await refused({}, { sha256: "0" }, /resumed: was measured with another model file, choose another folder$/);
  await refused({ seed: 2 }, {}, /resumed: its design has seed 1, not 2, choose another folder$/);
  await refused({ input_sizes_px: [8] }, {}, /its design has input_sizes_px \[8,16\], not \[8\], /);
  await refused({ memory_limit_mib: 9 }, {}, /its design has memory_limit_mib undefined, not 9, /);
});

test("a dataset is gone on with wherever its model file lies and from wherever its images are named", async () => {
  const dataset = join(folder, "moved");
  const images = join(folder, "photos");
  const before = designOf({ model: relative(process.cwd(), model), images: relative(process.cwd(), images) });
  const first = await provenanceOf(dataset, before, model, description, "run-1", monitor);
  await (await DatasetWriter.open(dataset, first)).close("interrupted");
  const again = (more: object) => provenanceOf(dataset, designOf(more), model, description, "run-2", monitor);
  assert.equal((await again({ model: join(folder, "elsewhere.onnx"), images })).runs.length, 2);
  await assert.rejects(again({ images: join(folder, "others") }), /its design has images ".*photos", not ".*others"/);
});

test("versions are those of the project, of Node and of the runtime that is installed", () => {
  const manifest = (...path: string[]) => JSON.parse(readFileSync(join(PACKAGE_ROOT, ...path, "package.json"), "utf8"));
  const { batchwise, node, v8, onnxruntime } = readVersions();
  assert.equal(batchwise, manifest().version);
  assert.equal(onnxruntime, manifest("node_modules", "onnxruntime-node").version);
  assert.equal(`v${node}`, process.version);
  assert.match(v8 ?? "", /^\d+\.\d+/);
});

test("the commit is git's, marked where tracked files differ from it", () => {
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", PACKAGE_ROOT, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  let expected: string | undefined;
  try {
    const changed = /^(?!\?\?)./m.test(git("status", "--porcelain"));
    expected = `${git("rev-parse", "HEAD").trim()}${changed ? "-dirty" : ""}`;
  } catch {
    // Outside git there is no commit.
  }
  assert.equal(readGitCommit(), expected);
});

test("installed in somebody else's repository there is no commit", (context) => {
  const git = (...args: string[]) => execFileSync("git", ["-C", other, ...args], { stdio: "ignore" });
  const other = mkdtempSync(join(tmpdir(), "batchwise-other-"));
  context.after(() => rmSync(other, { recursive: true }));
  const installed = join(other, "node_modules", "batchwise");
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(other, "file"), "theirs");
  try {
    git("init");
  } catch {
    return context.skip("needs git");
  }
  git("add", "file");
  git("-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "-m", "theirs");
  assert.match(readGitCommit(other) ?? "", /^[0-9a-f]{40}$/);
  assert.equal(readGitCommit(installed), undefined);
  writeFileSync(join(other, "file"), "changed");
  assert.match(readGitCommit(other) ?? "", /^[0-9a-f]{40}-dirty$/);
  assert.equal(readGitCommit(join(other, "nowhere")), undefined);
});
