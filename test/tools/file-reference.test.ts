import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readClaims } from "../../src/claims/claim.js";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { readDesign } from "../../src/design/design.js";
import { readTheme } from "../../src/figures/read-theme.js";
import { readDeviceFile } from "../../src/plan/question/device-file.js";
import { FILE_KINDS, fileReference, jsonSchemaOf } from "../../tools/file-reference.js";
import { PYTHON, WITHOUT_JSONSCHEMA } from "../plan/answer/serving-schemas.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-files-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const text = (...path: string[]) => readFileSync(join(PACKAGE_ROOT, ...path), "utf8");

/** What reads each kind of file. */
const READ: Readonly<Record<string, (path: string) => unknown>> = {
  design: readDesign,
  devices: readDeviceFile,
  theme: readTheme,
  claims: readClaims,
};

function isRead(kind: string, content: unknown): boolean {
  const path = join(folder, `${kind}.json`);
  writeFileSync(path, JSON.stringify(content));
  try {
    READ[kind]?.(path);
    return true;
  } catch (error) {
    assert.equal((error as Error).name, "UserError");
    return false;
  }
}

test("docs/files.md and schemas/ are those of the files as they are read; npm run file-reference writes them", () => {
  assert.equal(text("docs", "files.md"), fileReference());
  for (const kind of FILE_KINDS) {
    const written = JSON.parse(text("schemas", `${kind.name}.schema.json`));
    assert.deepEqual(written, JSON.parse(JSON.stringify(jsonSchemaOf(kind))), kind.name);
  }
  assert.deepEqual(readdirSync(join(PACKAGE_ROOT, "schemas")).length, FILE_KINDS.length);
});

test("the page's examples are read, and say the same with a schema named", () => {
  for (const { name, example } of FILE_KINDS) {
    assert.ok(isRead(name, example), name);
    assert.ok(isRead(name, { $schema: `schemas/${name}.schema.json`, ...example }), name);
    assert.ok(!isRead(name, { $schema: 1, ...example }), name);
  }
  const path = join(folder, "design.json");
  writeFileSync(path, JSON.stringify({ $schema: "x", ...FILE_KINDS[0]?.example }));
  assert.ok(!("$schema" in readDesign(path)), "a dataset does not record it");
});

test("every field has a meaning, and the page a row for it", () => {
  const page = text("docs", "files.md");
  const fields = (schema: unknown): string[] => {
    if (typeof schema !== "object" || schema === null) return [];
    const { properties = {}, ...rest } = schema as { properties?: Record<string, { description?: string }> };
    for (const [name, { description }] of Object.entries(properties)) assert.ok(description, name);
    return [
      ...Object.keys(properties),
      ...Object.values(properties).flatMap(fields),
      ...Object.values(rest).flatMap(fields),
    ];
  };
  const all = new Set(FILE_KINDS.flatMap((kind) => fields(jsonSchemaOf(kind))));
  assert.ok(all.size > 40, `${all.size}`);
  for (const name of all) assert.ok(page.includes(`| \`${name}\` |`) || ["intercept", "slope"].includes(name), name);
});

/** Contents of files, right and wrong ones, that JSON Schema can tell apart as the readers do. */
const CONTENTS: Readonly<Record<string, readonly unknown[]>> = {
  design: [
    { name: "a", input_sizes_px: [32], mini_batch_sizes: "staggered" },
    { name: "a", input_sizes_px: [32], mini_batch_sizes: { staggered_to: 8 }, devices: [{ threads: 2 }] },
    { name: "a", input_sizes_px: [32], mini_batch_sizes: { 32: [1, 2] }, stopping: { max_steady_ms: 5 } },
    { name: "A", input_sizes_px: [32], mini_batch_sizes: [1] },
    { name: "a", input_sizes_px: [32, 32], mini_batch_sizes: [1] },
    { name: "a", input_sizes_px: [], mini_batch_sizes: [1] },
    { name: "a", input_sizes_px: [32], mini_batch_sizes: "random" },
    { name: "a", input_sizes_px: [32], mini_batch_sizes: [1], trials: 1.5 },
    { name: "a", input_sizes_px: [32], mini_batch_sizes: [1], sizes: [1] },
    { input_sizes_px: [32], mini_batch_sizes: [1] },
  ],
  devices: [
    { devices: [{ name: "a", count: 1, latency_ms: { intercept: 1, slope: 1 }, max_mini_batch_size: 4 }] },
    { devices: [{ name: "a", count: 1, dataset: "data/quick", threads: 2 }] },
    { devices: [{ name: "a", count: 1, workloads: { x: { latency_ms: { 1: 1 } }, y: { dataset: "d" } } }] },
    { devices: [{ name: "a", count: 0, latency_ms: { 1: 1 } }] },
    { devices: [{ name: "a", count: 1, latency_ms: { one: 1 } }] },
    { devices: [{ name: "a", count: 1, latency_ms: { 1: 0 } }] },
    { devices: [{ name: "a", count: 1, latency_ms: {} }] },
    { devices: [{ name: "a", count: 1, latency_ms: { intercept: 1 } }] },
    { devices: [{ name: "a", count: 1 }] },
    { devices: [{ name: "a", count: 1, latency_ms: { 1: 1 }, dataset: "d" }] },
    { devices: [] },
  ],
  theme: [{}, { font: "serif", text_pt: 9, colours: ["#000000"] }, { font: "comic" }, { text_pt: 3 }, { size: 1 }],
  claims: [
    [{ name: "a", finding: "f", conditions: [{ statistic: "linear_r_squared", at_least: 1 }] }],
    { claims: [{ name: "a", finding: "f", conditions: [{ statistic: "linear_r_squared", at_most: 1 }] }] },
    [{ name: "a", finding: "f", conditions: [{ statistic: "guess", at_least: 1 }] }],
    [],
    { claims: [] },
  ],
};

test("a JSON Schema takes and refuses what the reader takes and refuses", { skip: WITHOUT_JSONSCHEMA }, () => {
  const designs = readdirSync(join(PACKAGE_ROOT, "pipeline", "designs")).map((name) =>
    JSON.parse(text("pipeline", "designs", name)),
  );
  const study = JSON.parse(text("src", "claims", "claims.json"));
  for (const kind of FILE_KINDS) {
    const own = kind.name === "design" ? designs : kind.name === "claims" ? [study] : [];
    const contents = [kind.example, ...own, ...(CONTENTS[kind.name] ?? [])];
    const validated = validity(jsonSchemaOf(kind), contents);
    for (const [index, content] of contents.entries()) {
      assert.equal(validated[index], isRead(kind.name, content), `${kind.name}: ${JSON.stringify(content)}`);
    }
    assert.ok(validated.includes(true) && validated.includes(false), kind.name);
  }
});

/** What Python's jsonschema says of contents. */
function validity(schema: object, contents: readonly unknown[]): boolean[] {
  const program =
    "import json, sys, jsonschema\n" +
    "schema, contents = json.load(sys.stdin)\n" +
    "jsonschema.Draft202012Validator.check_schema(schema)\n" +
    "print(json.dumps([jsonschema.Draft202012Validator(schema).is_valid(one) for one in contents]))";
  const { status, stdout, stderr } = spawnSync(PYTHON ?? "", ["-c", program], {
    encoding: "utf8",
    input: JSON.stringify([schema, contents]),
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}
