// Compares the plans with what a user would do instead: the same compact model given raw to HiGHS, and the study's
// literal model given to HiGHS, GLPK and CBC (where installed). Run: npm run bench:plan [-- --json]
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { median, sorted } from "../src/core/statistics.js";
import { planRelaxed, solvePlan } from "../src/plan/plan.js";
import { countFormulation } from "../src/plan/program/compact-formulation.js";
import { toLpFormat } from "../src/plan/program/export-program.js";
import { formulate } from "../src/plan/program/formulate.js";
import type { IntegerProgram } from "../src/plan/program/integer-program.js";
import { literalFormulation } from "../src/plan/program/literal-formulation.js";
import { configurationsOf } from "../src/plan/question/configuration.js";
import { type DeviceType, deviceType, forWorkloads } from "../src/plan/question/device-type.js";
import type { PlanProblem } from "../src/plan/question/plan-problem.js";
import { checked } from "../src/plan/solve/program-answer.js";
import { DEFAULT_GAP } from "../src/plan/solve/solve-limits.js";
import { solveInThread, warmSolver } from "../src/plan/solve/solver-thread.js";
import { benchOptions } from "./bench-options.js";

const DEVICES = [1, 4, 32, 1000, 10_000];
const MINI_BATCH_SIZES = 256;
const TIME_US = 10_000_000;
const LIMIT_MS = 2000;
const ROUNDS = 5;
/** Of each of four workloads that share 1,000 devices: a third, half and most of what these can do. */
const MIXED_IMAGES = [200_000, 300_000, 350_000];
/** The literal model has 512 variables for a device: beyond so many devices it is not even asked. */
const MOST_LITERAL = 32;

const { json } = benchOptions<{ readonly json?: boolean }>(
  new Command("bench:plan")
    .description("compare the time of plans with that of other formulations and solvers")
    .option("--json", "print one JSON object"),
);

interface Row {
  readonly instance: string;
  readonly method: string;
  readonly ms: number;
  readonly optimal: boolean;
}

function fleet(devices: number, types: number, workloads = 1): DeviceType[] {
  return Array.from({ length: Math.min(types, devices) }, (_, index) => {
    const count = Math.floor(devices / types) + (index < devices % types ? 1 : 0);
    const tables = Array.from({ length: workloads }, (_, workload) => {
      const slope = (0.71 + 0.37 * index) * (1 + 0.8 * workload);
      return deviceType({
        name: `type${index}`,
        count,
        maxMiniBatchSize: MINI_BATCH_SIZES,
        latencyMs: (size) => 1.9 + index + slope * size,
        warmupMs: (size) => 210 + 1.3 * slope * size,
        ...(workloads > 1 && {
          pricePerHour: 3.2 / (1 + 0.45 * index),
          idleW: 60 - 5 * index,
          energyPerMiniBatchJ: (size) => 0.4 + (0.11 + 0.02 * index) * slope * size + 0.07 * size,
        }),
      });
    });
    return forWorkloads(tables);
  });
}

async function timed(instance: string, method: string, solve: () => boolean | Promise<boolean>, rounds = 1) {
  const times: number[] = [];
  let optimal = true;
  for (let round = 0; round < rounds; round++) {
    const startedMs = performance.now();
    optimal = (await solve()) && optimal;
    times.push(performance.now() - startedMs);
  }
  rows.push({ instance, method, ms: median(sorted(times)), optimal });
}

/** @param gap how far from its bound the answer may be */
async function bySolver(program: IntegerProgram, gap = 0): Promise<boolean> {
  const claim = await solveInThread("highs", program, LIMIT_MS, gap);
  return claim.status === "optimal" && checked(program, "highs", claim) !== undefined;
}

function byProgram(command: string, args: readonly string[], says: RegExp): boolean {
  const { stdout = "" } = spawnSync(command, args, { encoding: "utf8", timeout: 2 * LIMIT_MS });
  return says.test(stdout ?? "");
}

const installed = (command: string, args: readonly string[]) => spawnSync(command, args).error === undefined;

const rows: Row[] = [];
const scratch = mkdtempSync(join(tmpdir(), "batchwise-bench-"));
const [glpk, cbc] = [installed("glpsol", ["--version"]), installed("cbc", ["-quit"])];
await Promise.all([warmSolver("highs"), warmSolver("javascript-lp-solver")]);
for (const types of [1, 4]) {
  for (const devices of DEVICES.filter((count) => count >= types)) {
    for (const objective of ["devices", "images"] as const) {
      const own = fleet(devices, types);
      const most = planRelaxed(own, TIME_US / 1000);
      const images = objective === "images" || most.status === "infeasible" ? 0 : Math.ceil(most.images / 2);
      const problem: PlanProblem = { types: own, workloads: [{ name: "images", images }], timeUs: TIME_US, objective };
      const instance = `${objective === "devices" ? "soft" : "relaxed"}, ${devices} devices of ${own.length} types`;
      await timed(instance, "batchwise", async () => (await solvePlan(problem)).status === "optimal", ROUNDS);
      const configurations = configurationsOf(problem);
      await timed(instance, "compact, HiGHS", () => bySolver(countFormulation(problem, configurations).program));
      if (devices > MOST_LITERAL) continue;
      const literal = literalFormulation(problem, configurations).program;
      await timed(instance, "literal, HiGHS", () => bySolver(literal));
      const file = join(scratch, "literal.lp");
      writeFileSync(file, toLpFormat(literal));
      const seconds = String(LIMIT_MS / 1000);
      const glpsol = ["--lp", file, "--tmlim", seconds];
      if (glpk) await timed(instance, "literal, GLPK", () => byProgram("glpsol", glpsol, /INTEGER OPTIMAL/));
      if (cbc) {
        await timed(instance, "literal, CBC", () =>
          byProgram("cbc", [file, "sec", seconds, "ratio", "0", "allow", "0", "solve"], /Optimal solution found/),
        );
      }
    }
  }
}
for (const objective of ["devices", "cost", "energy"] as const) {
  for (const images of MIXED_IMAGES) {
    const problem: PlanProblem = {
      types: fleet(1000, 6, 4),
      workloads: Array.from({ length: 4 }, (_, index) => ({ name: `w${index}`, images })),
      timeUs: TIME_US,
      objective,
    };
    const instance = `least ${objective}, 6 types, 4 workloads of ${images} images`;
    const solve = async () => (await solvePlan(problem)).status === "optimal";
    await solve(); // the first one pays for compiling
    await timed(instance, "batchwise", solve, ROUNDS);
    await timed(instance, "compact, HiGHS", () =>
      bySolver(formulate(problem).program, objective === "energy" ? DEFAULT_GAP : 0),
    );
  }
}
rmSync(scratch, { recursive: true });
if (json) console.log(JSON.stringify(rows, null, 2));
else {
  for (const { instance, method, ms, optimal } of rows) {
    const outcome = optimal ? "proven optimal" : "not proven";
    console.log(`${instance.padEnd(54)}${method.padEnd(18)}${ms.toFixed(2).padStart(10)} ms  ${outcome}`);
  }
}
