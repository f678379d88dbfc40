import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../src/core/package-root.js";

/** The stages of src, in the order in which data flow. A stage imports no later one. */
const STAGES = [
  "core",
  "processes",
  "model",
  "hardware",
  "design",
  "dataset",
  "measure",
  "fit",
  "rank",
  "plan",
  "execute",
  "claims",
  "figures",
];
const SRC = join(PACKAGE_ROOT, "src");

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => /(?<!\.d)\.ts$/.test(file));
const imports = files.flatMap((file): Import[] => {
  const text = readFileSync(join(SRC, file), "utf8");
  return [...text.matchAll(/^(?:import|export) (type )?[^;]*?from "([^"]+)";/gm)].map(([, type, target = ""]) => ({
    from: file,
    to: target.startsWith(".") ? relative(SRC, resolve(SRC, dirname(file), target)).replace(/\.js$/, ".ts") : target,
    typeOnly: type !== undefined,
  }));
});

function stageOf(file: string): number {
  return STAGES.indexOf(file.split("/")[0] ?? "");
}

test("every folder of src is a known stage", () => {
  const folders = new Set(files.filter((file) => file.includes("/")).map((file) => file.split("/")[0] ?? ""));
  assert.deepEqual(
    [...folders].filter((folder) => !STAGES.includes(folder)),
    [],
  );
});

test("a stage never imports a later stage", () => {
  const wrong = imports.filter(
    ({ from, to }) => files.includes(to) && stageOf(from) >= 0 && stageOf(to) > stageOf(from),
  );
  assert.deepEqual(wrong, []);
});

test("onnxruntime-node is imported in one file", () => {
  const importers = imports.filter(({ to }) => to === "onnxruntime-node").map(({ from }) => from);
  assert.deepEqual(importers, ["measure/session.ts"]);
});

test("processes are started in one folder, the monitor's sampler and git aside", () => {
  const starting = imports.filter(
    ({ from, to, typeOnly }) => to === "node:child_process" && !typeOnly && !from.startsWith("processes/"),
  );
  assert.deepEqual(starting.map(({ from }) => from).sort(), ["hardware/monitor.ts", "measure/provenance.ts"]);
});

test("plan and figures never measure, and plan knows no measurements", () => {
  const wrong = imports.filter(
    ({ from, to }) =>
      (from.startsWith("figures/") && (to.startsWith("measure/") || to.startsWith("execute/"))) ||
      (from.startsWith("plan/") && (to.startsWith("measure/") || to.startsWith("dataset/"))),
  );
  assert.deepEqual(wrong, []);
});

test("the library neither writes to the terminal nor exits, its processes' entry points aside", () => {
  const wrong = files.filter(
    (file) =>
      !file.endsWith("-process.ts") &&
      /\bconsole\.|process\.(exit|stdout|stderr)\b/.test(readFileSync(join(SRC, file), "utf8")),
  );
  assert.deepEqual(wrong, []);
});

test("there is no import cycle", () => {
  const targets = new Map(files.map((file) => [file, imports.filter(({ from }) => from === file).map(({ to }) => to)]));
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    assert.ok(!path.includes(file), `cycle: ${[...path, file].join(" → ")}`);
    if (finished.has(file)) return;
    for (const target of targets.get(file) ?? []) if (targets.has(target)) visit(target, [...path, file]);
    finished.add(file);
  };
  for (const file of files) visit(file, []);
});
