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
  "submit",
  "dataset",
  "importing",
  "measure",
  "fit",
  "rank",
  "compare",
  "plan",
  "fleet",
  "execute",
  "claims",
  "decide",
  "figures",
  "browser",
  "report",
];
/** The rooms of a stage, "" its own files: a room imports no later one. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  fit: ["observed", "law", ""],
  model: ["", "file"],
  hardware: ["reading", "nvidia", "runtime", "kernel", "sampling", "system", ""],
  browser: ["", "planner", "pages"],
  report: ["parts", "sections", ""],
  dataset: ["", "merging"],
  importing: ["", "table", "tool", "dataset"],
  plan: ["question", "program", "answer", "solve", "", "explore"],
};
const SRC = join(PACKAGE_ROOT, "src");

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

/** How a file imports statically, and for effects alone. */
const STATIC_SPELLINGS = [
  /^(?:import|export) (?<type>type )?[^;]*?from "(?<target>[^"]+)";/gm,
  /^import "(?<target>[^"]+)";/gm,
];
/** The same, dynamically, and as the entry of a process or a worker. */
const SPELLINGS = [
  ...STATIC_SPELLINGS,
  /\bimport\(\s*"(?<target>[^"]+)"/g,
  /\bnew URL\(\s*"(?<target>[^"]+)",\s*import\.meta\.url/g,
];

const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => /(?<!\.d)\.ts$/.test(file));
const imports = files.flatMap((file) => importsOf(file, readFileSync(join(SRC, file), "utf8")));

function importsOf(file: string, text: string): Import[] {
  return SPELLINGS.flatMap((spelling) => [...text.matchAll(spelling)]).map(({ groups }) => {
    const target = groups?.target ?? "";
    const path = relative(SRC, resolve(SRC, dirname(file), target)).replace(/\.js$/, ".ts");
    return { from: file, to: target.startsWith(".") ? path : target, typeOnly: groups?.type !== undefined };
  });
}

function stageOf(file: string): number {
  return STAGES.indexOf(file.split("/")[0] ?? "");
}

function roomOf(file: string): string {
  return file.split("/").slice(1, -1).join("/");
}

test("an import is seen however it is written", () => {
  const text = `import { a } from "./a.js";
import type { B } from "../b.js";
export * from "./c.js";
const d = await import("./d.js");
const e = new URL("./e.js", import.meta.url);
import "sharp";`;
  assert.deepEqual(
    importsOf("plan/x.ts", text).map(({ to, typeOnly }) => [to, typeOnly]),
    [
      ["plan/a.ts", false],
      ["b.ts", true],
      ["plan/c.ts", false],
      ["sharp", false],
      ["plan/d.ts", false],
      ["plan/e.ts", false],
    ],
  );
});

test("every folder of src is a known stage, and every folder of a stage a known room", () => {
  const unknown = files.filter(
    (file) =>
      file.includes("/") && (stageOf(file) < 0 || !(ROOMS[file.split("/")[0] ?? ""] ?? [""]).includes(roomOf(file))),
  );
  assert.deepEqual(unknown, []);
});

test("a stage never imports a later stage", () => {
  const wrong = imports.filter(
    ({ from, to }) => files.includes(to) && stageOf(from) >= 0 && stageOf(to) > stageOf(from),
  );
  assert.deepEqual(wrong, []);
});

test("a room never imports a later room of its stage, the index aside, which names what others may use", () => {
  const wrong = imports.filter(({ from, to }) => {
    if (from.endsWith("/index.ts")) return false;
    const [stage = ""] = from.split("/");
    const rooms = files.includes(to) && to.startsWith(`${stage}/`) ? (ROOMS[stage] ?? []) : [];
    return rooms.indexOf(roomOf(to)) > rooms.indexOf(roomOf(from));
  });
  assert.deepEqual(wrong, []);
});

test("plan imports nothing of src but core, so that a browser can run it", () => {
  const wrong = imports.filter(
    ({ from, to }) => from.startsWith("plan/") && files.includes(to) && !/^(plan|core)\//.test(to),
  );
  assert.deepEqual(wrong, []);
});

test("of plan only two files read files, and only its index imports these", () => {
  const importersOf = (targets: readonly string[]) =>
    imports.filter(({ from, to }) => from.startsWith("plan/") && targets.includes(to)).map(({ from }) => from);
  const readers = importersOf(["core/json-file.ts", "node:fs"]);
  assert.deepEqual(readers.sort(), ["plan/answer/read-plan-document.ts", "plan/question/device-file.ts"]);
  assert.deepEqual(importersOf(readers), ["plan/index.ts"]);
});

test("onnxruntime-node is imported in one file", () => {
  const importers = imports.filter(({ to }) => to === "onnxruntime-node").map(({ from }) => from);
  assert.deepEqual(importers, ["measure/runtime.ts"]);
});

test("processes are started in one folder, the monitor's sampler and git aside", () => {
  const starting = imports.filter(
    ({ from, to, typeOnly }) => to === "node:child_process" && !typeOnly && !from.startsWith("processes/"),
  );
  assert.deepEqual(starting.map(({ from }) => from).sort(), ["hardware/sampling/monitor.ts", "measure/provenance.ts"]);
});

/** The packages that are loaded with a file, dynamic imports and workers aside. */
function loadedWith(entry: string): Set<string> {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = readFileSync(path, "utf8");
    for (const { groups } of STATIC_SPELLINGS.flatMap((spelling) => [...text.matchAll(spelling)])) {
      const target = groups?.target ?? "";
      if (groups?.type !== undefined || target.startsWith("node:")) continue;
      if (target.startsWith(".")) visit(resolve(dirname(path), target.replace(/\.js$/, ".ts")));
      else packages.add(target);
    }
  };
  visit(join(PACKAGE_ROOT, entry));
  return packages;
}

test("what plans loads nothing that measures, queries or draws", () => {
  assert.deepEqual([...loadedWith("src/plan/index.ts")], ["zod"]);
  const heavy = [
    "@duckdb/node-api",
    "koffi",
    "onnxruntime-node",
    "pdfkit",
    "sharp",
    "vega",
    "vega-lite",
    "ydf-training",
  ];
  const withCommand = loadedWith("pipeline/commands/plan-command.ts");
  assert.deepEqual(
    heavy.filter((name) => withCommand.has(name)),
    [],
  );
});

test("figures never measure", () => {
  const wrong = imports.filter(
    ({ from, to }) => from.startsWith("figures/") && (to.startsWith("measure/") || to.startsWith("execute/")),
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
