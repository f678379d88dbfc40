import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, test } from "node:test";
import { hasDataPackage, readDataPackage, writeDataPackage } from "../../src/dataset/data-package.js";
import { DatasetWriter } from "../../src/dataset/dataset-writer.js";
import { fingerprint } from "../../src/dataset/fingerprint.js";
import { FREE, sampleProvenance, sampleRecord } from "./sample-dataset.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-package-"));
after(() => rmSync(folder, { recursive: true }));

const writer = await DatasetWriter.open(folder, sampleProvenance());
writer.append(sampleRecord("a"));
writer.append(sampleRecord("b", { steadyMedianMs: 7, status: "crashed", detail: "exit code 1" }));
const whileRunning = JSON.parse(readFileSync(join(folder, "datapackage.json"), "utf8"));
await writer.close("finished");
const written = JSON.parse(readFileSync(join(folder, "datapackage.json"), "utf8"));

interface Field {
  readonly name: string;
}

function resource(name: string, dataPackage = written) {
  return dataPackage.resources.find((candidate: { name: string }) => candidate.name === name);
}

function field(table: string, name: string) {
  return resource(table).schema.fields.find((candidate: Field) => candidate.name === name);
}

test("a data package says what the dataset is and how it came to be", () => {
  assert.equal(written.profile, "tabular-data-package");
  assert.deepEqual([written.name, written.title, written.status], ["sample", "Batchwise dataset sample", "finished"]);
  assert.deepEqual(written.provenance, JSON.parse(JSON.stringify(sampleProvenance())));
  assert.deepEqual(readDataPackage(folder), written);
});

test("every table that has a part file is a resource, trials first", () => {
  assert.deepEqual(
    written.resources.map(({ name, path, format }: Record<string, string>) => [name, path, format]),
    ["trials", "inferences", "images", "pulses", "hardware"].map((name) => [name, `${name}/part-0.csv`, "csv"]),
  );
  assert.equal(existsSync(join(folder, "executions")), false);
});

test("rows, bytes and hash are those of the part file", () => {
  const sizes = { trials: 2, inferences: 4, images: 2, pulses: 2, hardware: 2 };
  for (const [name, rows] of Object.entries(sizes)) {
    const contents = readFileSync(join(folder, name, "part-0.csv"));
    const { rows: told, bytes, hash } = resource(name);
    assert.equal(told, rows, name);
    assert.equal(bytes, contents.length);
    assert.equal(hash, `sha256:${createHash("sha256").update(contents).digest("hex")}`);
  }
});

test("while a sweep runs there are no counts, hashes or ranges, which the next trial would make wrong", () => {
  assert.equal(whileRunning.status, "running");
  for (const { rows, bytes, hash, schema } of whileRunning.resources) {
    assert.deepEqual([rows, bytes, hash], [undefined, undefined, undefined]);
    assert.ok(schema.fields.every((one: object) => !("min" in one)));
  }
  assert.equal(resource("trials", whileRunning).schema.primaryKey[0], "trial_id");
});

test("primary keys are named by their columns, and what belongs to a trial refers to trials", () => {
  assert.deepEqual(resource("trials").schema.primaryKey, ["trial_id"]);
  assert.deepEqual(resource("inferences").schema.primaryKey, ["trial_id", "iteration"]);
  assert.equal("primaryKey" in resource("hardware").schema, false);
  assert.equal("foreignKeys" in resource("trials").schema, false);
  for (const name of ["inferences", "images", "hardware"]) {
    assert.deepEqual(resource(name).schema.foreignKeys, [
      { fields: "trial_id", reference: { resource: "trials", fields: "trial_id" } },
    ]);
  }
});

test("a column says its type, unit and range, and whether it may be empty", () => {
  assert.deepEqual(field("trials", "steady_median_ms"), {
    name: "steady_median_ms",
    type: "number",
    description: "The median of the steady inferences: the latency L",
    unit: "ms",
    min: 4.25,
    max: 7,
  });
  assert.deepEqual(field("trials", "status").constraints, {
    required: true,
    enum: ["ok", "out_of_memory", "timeout", "crashed", "unsupported", "skipped"],
  });
  assert.deepEqual(field("trials", "trial_id").constraints, { required: true });
  for (const name of ["iteration", "latency_ms"]) {
    assert.deepEqual(field("inferences", name).constraints, { required: true });
  }
  assert.equal("unit" in field("trials", "trial_id"), false);
  assert.equal("min" in field("trials", "load_ms"), false, "a column without a value has no range");
  assert.deepEqual(field("hardware", FREE.name).unit, "KiB");
  assert.deepEqual(resource("trials").schema.missingValues, [""]);
});

test("a fingerprint counts the lines below the header", async () => {
  const path = join(folder, "part.csv");
  writeFileSync(path, "a\n1\n2\n3\n");
  const hash = `sha256:${createHash("sha256").update("a\n1\n2\n3\n").digest("hex")}`;
  assert.deepEqual(await fingerprint(path), { rows: 3, bytes: 8, hash });
  writeFileSync(path, "\n\n1\n");
  assert.equal((await fingerprint(path)).rows, 2, "a line feed is one wherever it stands");
});

test("a folder without a data package holds no dataset", () => {
  assert.equal(hasDataPackage(folder), true);
  assert.equal(hasDataPackage(join(folder, "trials")), false);
  assert.throws(() => readDataPackage(join(folder, "trials")), /no datapackage\.json in this folder/);
});

test("paths of a design are written from the dataset's folder and read from the root, built-in names stay", () => {
  const home = join(folder, "home", "alice");
  const dataset = join(home, "data", "mine");
  mkdirSync(dataset, { recursive: true });
  const provenance = sampleProvenance();
  const design = { ...provenance.design, model: join(home, "models", "own.onnx"), images: join(home, "photos") };
  writeDataPackage(dataset, "interrupted", { ...provenance, design }, []);
  const text = readFileSync(join(dataset, "datapackage.json"), "utf8");
  assert.ok(!text.includes("alice"), "whoever gets the dataset does not learn whose home it was");
  const { model, images } = JSON.parse(text).provenance.design;
  assert.deepEqual([model, images], [join("..", "..", "models", "own.onnx"), join("..", "..", "photos")]);
  assert.deepEqual(readDataPackage(dataset).provenance.design, design);
  writeDataPackage(dataset, "interrupted", { ...provenance, design: { ...design, model: "efficientnet-b3" } }, []);
  assert.equal(readDataPackage(dataset).provenance.design.model, "efficientnet-b3");
  // A program's own design may have paths from where it runs.
  const fromHere = { ...design, model: relative("", design.model), images: relative("", design.images) };
  writeDataPackage(dataset, "interrupted", { ...provenance, design: fromHere }, []);
  assert.deepEqual(readDataPackage(dataset).provenance.design, design);
});
