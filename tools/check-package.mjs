// Installs what `npm pack` gives into an empty folder, as a stranger would, and uses it there with each supported
// Node.js: a plan, a tiny sweep, the monitor, the library with its types, and `require`. Needs the npm registry.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const MOST_BYTES = 3_000_000;
/** Beside the one that runs this; the registry has Node.js itself as a package for each platform. */
const OTHER_NODES = ["22", "24"];
/** What a planner must not have to install. */
const NOT_INSTALLED = ["tslab", "danfojs-node", "@tensorflow/tfjs", "zeromq", "typescript"];

const folder = mkdtempSync(join(tmpdir(), "batchwise-package-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const project = join(folder, "project");
const cache = join(folder, "cache");
mkdirSync(project);

check("the package is small and holds no tests, maps or datasets but what was published", () => {
  const [packed] = JSON.parse(run(ROOT, "npm", ["pack", "--json", "--pack-destination", folder]));
  const wrong = packed.files
    .map(({ path }) => path)
    .filter((path) => /^(dist\/)?(test|data(?!\/published\/)|bench)\/|\.map$/.test(path));
  expect(wrong.length === 0, `it holds ${wrong.join(", ")}`);
  expect(packed.size < MOST_BYTES, `it has ${packed.size} bytes, allowed are ${MOST_BYTES}`);
});
check("it installs without what only notebooks need", () => {
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "project", version: "1.0.0", type: "module" }));
  const [file] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  install(project, join(folder, file));
  const there = NOT_INSTALLED.filter((name) => isThere(join(project, "node_modules", name)));
  expect(there.length === 0, `${there.join(", ")} came along`);
});
const installed = digestOf(join(project, "node_modules", "batchwise"));

writeFileSync(
  join(project, "devices.json"),
  JSON.stringify({
    devices: [
      { name: "a", count: 4, workloads: { images: { latency_ms: { 1: 10, 4: 20 }, warmup_ms: { 1: 20, 4: 40 } } } },
    ],
  }),
);
writeFileSync(
  join(project, "design.json"),
  JSON.stringify({
    name: "tiny",
    input_sizes_px: [32],
    mini_batch_sizes: [1],
    trials: 1,
    devices: [{ threads: 1 }],
    idle_ms: 0,
    stopping: { max_inferences: 10 },
  }),
);
writeFileSync(
  join(project, "plan.mjs"),
  `import { deviceType, planSoft, solvePlan } from "batchwise/plan";
   const times = { latencyMs: (size) => 10 * size, warmupMs: (size) => 20 * size };
   const type = deviceType({ name: "d", count: 4, maxMiniBatchSize: 2, ...times, energyPerMiniBatchJ: (size) => size });
   const { devices } = planSoft([type], 100, 510);
   const workloads = [{ name: "images", images: 100 }];
   const caps = { energyJ: 1000 };
   const plan = await solvePlan({ types: [type], workloads, timeUs: 510_000, objective: "energy", caps });
   const native = process.report.getReport().sharedObjects.filter((path) => /onnxruntime|duckdb|vips|sharp/.test(path));
   console.log(JSON.stringify([devices.length, plan.status, native]));`,
);
writeFileSync(
  join(project, "required.cjs"),
  `const { planSoft, deviceType } = require("batchwise/plan");
   console.log(typeof planSoft, typeof deviceType, typeof require("batchwise").runSweep);`,
);
for (const [name, node] of nodes()) {
  const batchwise = (...args) => run(project, node, [join(project, "node_modules", ".bin", "batchwise"), ...args]);
  check(`Node.js ${name}: a plan from a device file`, () => {
    const plan = batchwise(
      "plan",
      "soft",
      "--devices",
      "devices.json",
      "--images",
      "100",
      "--deadline",
      "1s",
      "--json",
    );
    const { status, devices } = JSON.parse(plan);
    expect(status === "optimal" && devices.length === 1, plan);
  });
  check(`Node.js ${name}: a tiny sweep, whose model lies in the user's cache`, () => {
    batchwise("sweep", "--design", "design.json", "--out", `tiny-${name}`);
    const { status, tables } = JSON.parse(batchwise("dataset", "describe", `tiny-${name}`, "--json"));
    const trials = tables.find((table) => table.name === "trials")?.rows;
    expect(status === "finished" && trials === 1, `${status}, ${trials} trials`);
    batchwise("dataset", "check", `tiny-${name}`);
    expect(isThere(join(cache, "batchwise", version, "models", "efficientnet-b0.onnx")), "no model in the cache");
  });
  check(`Node.js ${name}: the monitor`, () => {
    const [line = ""] = batchwise("monitor", "--samples", "2", "--interval", "50", "--json").split("\n");
    expect(Object.keys(JSON.parse(line)).length > 0, line);
  });
  check(`Node.js ${name}: batchwise/plan loads no runtime, database or image library`, () => {
    const said = run(project, node, ["plan.mjs"]).trim();
    expect(said === '[2,"optimal",[]]', said);
  });
  check(`Node.js ${name}: require`, () => {
    const said = run(project, node, ["--no-warnings", "required.cjs"]).trim();
    expect(said === "function function function", said);
  });
}
check("the types, as bundlers and as Node.js resolve them", () => {
  writeFileSync(
    join(project, "consumer.ts"),
    `import { type Design, fitDataset, type PlanProblem, runSweep, UserError } from "batchwise";
     import { type HardwareMonitor, startHardwareMonitor } from "batchwise/monitor";
     import { deviceType, type PlanOutcome, solvePlan } from "batchwise/plan";
     const type = deviceType({ name: "d", count: 1, maxMiniBatchSize: 1, latencyMs: () => 1, warmupMs: () => 1 });
     const problem: PlanProblem = { types: [type], workloads: [], timeUs: 1, objective: "devices" };
     export const plan: Promise<PlanOutcome> = solvePlan(problem);
     export const monitor: Promise<HardwareMonitor> = startHardwareMonitor({ intervalMs: 100 });
     export const name = (design: Design): string => design.name;
     export const used = [fitDataset, runSweep, UserError];
     // @ts-expect-error: a number of images is no text
     solvePlan({ ...problem, workloads: [{ name: "images", images: "100" }] });`,
  );
  for (const [module, moduleResolution] of [
    ["nodenext", "nodenext"],
    ["preserve", "bundler"],
  ]) {
    const options = ["--strict", "--noEmit", "--skipLibCheck", "--target", "es2023", "--types", "node"];
    const roots = ["--typeRoots", join(ROOT, "node_modules", "@types")];
    const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
    const asked = ["--module", module, "--moduleResolution", moduleResolution, ...options, ...roots];
    run(project, process.execPath, [tsc, ...asked, "consumer.ts"]);
  }
});
check("nothing was written into the package", () => {
  expect(digestOf(join(project, "node_modules", "batchwise")) === installed, "it changed");
});

/** Each Node.js by its version. */
function nodes() {
  const others = OTHER_NODES.map((major) => {
    const place = join(folder, `node-${major}`);
    mkdirSync(place);
    writeFileSync(join(place, "package.json"), "{}");
    const name = `node-${process.platform}-${process.arch}`;
    install(place, `${name}@${major}`);
    return [major, join(place, "node_modules", name, "bin", "node")];
  });
  return [[process.versions.node.split(".")[0], process.execPath], ...others];
}

function install(place, what) {
  // What downloads CUDA libraries from outside the registry is a script.
  run(place, "npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", what]);
}

function run(cwd, command, args) {
  const env = { ...process.env, XDG_CACHE_HOME: cache };
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env,
    maxBuffer: 2 ** 26,
  });
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? ""}\n${stdout ?? ""}${stderr ?? ""}`);
  return stdout;
}

function check(name, act) {
  process.stdout.write(`package: ${name}\n`);
  try {
    act();
  } catch (error) {
    process.stderr.write(`package: failed: ${error.message}\n`);
    process.exit(1);
  }
}

function expect(condition, message) {
  if (!condition) throw new Error(message);
}

function isThere(path) {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Of the names and contents of all files. */
function digestOf(path) {
  const hash = createHash("sha256");
  for (const name of readdirSync(path, { recursive: true }).sort()) {
    const file = join(path, name);
    hash.update(name);
    if (statSync(file).isFile()) hash.update(readFileSync(file));
  }
  return hash.digest("hex");
}
