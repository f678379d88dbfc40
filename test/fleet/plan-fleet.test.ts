import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import type { Basis } from "../../src/fit/basis.js";
import { datasetFleet, type Fleet, fleetOf } from "../../src/fleet/fleet.js";
import { type FleetQuestion, fleetProblem } from "../../src/fleet/fleet-question.js";
import { isLeastForMost, planFleet, settledPlan, timesOf } from "../../src/fleet/plan-fleet.js";
import type { Start } from "../../src/plan/question/device-type.js";

const REFERENCE = join(PACKAGE_ROOT, "data", "reference-cpu");
const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");

/** One type of device that says what it was asked for. */
function watchedFleet(measured: boolean): { readonly fleet: Fleet; readonly asked: [Basis, Start][] } {
  const [entry] = [
    { name: "d", count: 9, maxUses: 99, source: { latency_ms: { 4: 10 }, warmup_ms: { 4: 30 }, load_ms: 5 } },
  ];
  const fleet = fleetOf([entry]);
  const asked: [Basis, Start][] = [];
  return {
    fleet: {
      ...fleet,
      ...{ measured, noiseKnown: measured },
      types: (basis, start) => {
        asked.push([basis, start]);
        return fleet.types({ kind: "typical" }, start);
      },
    },
    asked,
  };
}

function bases(question: Omit<FleetQuestion, "fleet">, measured = true): [Basis, Start][] {
  const { fleet, asked } = watchedFleet(measured);
  fleetProblem({ fleet, ...question });
  return asked;
}

test("the library's one call gives the plan that the command prints", async () => {
  const fleet = datasetFleet(REFERENCE, { count: 32, inputSizePx: 160 });
  const plan = await planFleet({ fleet, planClass: "soft", images: 10_000, timeMs: 10_000, confidence: 0.9 });
  const args = ["plan", "soft", REFERENCE, "--size", "160", "--devices", "32", "--images", "10000"];
  const { stdout } = spawnSync(process.execPath, [CLI, ...args, "--deadline", "10s", "--confidence", "0.9", "--json"]);
  const { binding_limits: _, notes: __, ...printed } = JSON.parse(stdout.toString());
  assert.ok(printed.devices.length > 1);
  assert.deepEqual(JSON.parse(JSON.stringify(plan)), printed);
});

test("a plan is made with the typical times, a hard one with the worst, and both with an upper bound where asked", () => {
  const asked = { images: 1, timeMs: 1000 };
  assert.deepEqual(bases({ planClass: "soft", ...asked }), [[{ kind: "typical" }, "loaded"]]);
  assert.deepEqual(bases({ planClass: "hard", ...asked, start: "cold" }), [[{ kind: "worst" }, "cold"]]);
  assert.deepEqual(bases({ planClass: "hard", ...asked }, false), [[{ kind: "typical" }, "loaded"]]);
  for (const planClass of ["soft", "hard"] as const) {
    const upper = { kind: "upper", confidence: 0.95, processes: 1 };
    assert.deepEqual(bases({ planClass, ...asked, confidence: 0.95 }), [[upper, "loaded"]]);
  }
  assert.throws(() => bases({ planClass: "soft", ...asked, confidence: 0.95 }, false), /confidence: needs measured/);
  assert.throws(
    () => bases({ planClass: "soft", ...asked, confidence: 1 }),
    /confidence 1: allowed are numbers between/,
  );
});

test("a class of plans has an objective of its own, and all but best effort need a time", () => {
  const { fleet } = watchedFleet(true);
  const objectives = (["soft", "relaxed", "hard", "best-effort"] as const).map(
    (planClass) => fleetProblem({ fleet, planClass, images: 1, timeMs: 1 }).problem.objective,
  );
  assert.deepEqual(objectives, ["devices", "images", "devices", "cost"]);
  assert.equal(fleetProblem({ fleet, planClass: "best-effort", images: 1 }).problem.timeUs, "none");
  assert.throws(() => fleetProblem({ fleet, planClass: "soft", images: 1 }), /^UserError: soft plan: needs a time$/);
});

test("a cap on the latency of an upper bound leaves out mini-batches by the bound, and keeps the typical times", () => {
  const latency = (factor: number) => ({ latency_ms: { 1: 10 * factor, 2: 20 * factor, 3: 30 * factor } });
  const fleetAt = (factor: number) => fleetOf([{ name: "d", count: 1, maxUses: 9, source: latency(factor) }]);
  const fleet: Fleet = {
    ...fleetAt(1),
    ...{ measured: true, noiseKnown: true },
    types: (basis, start) => fleetAt(basis.kind === "upper" ? 1.5 : 1).types({ kind: "typical" }, start),
  };
  const maxLatency = { name: "--max-latency p95=31ms", limitUs: 31_000, confidence: 0.95 };
  const question = { fleet, images: 1, timeMs: 1000, start: "warm", maxLatency } as const;
  const { problem, resampled } = fleetProblem({ ...question, planClass: "soft" });
  for (const types of [problem.types, resampled(1)]) {
    assert.deepEqual(
      types[0]?.choices[0]?.map(({ miniBatchSize, latencyUs }) => [miniBatchSize, latencyUs]),
      [
        [1, 10_000],
        [2, 20_000],
      ],
    );
  }
});

/** A type whose bound grows with the number of devices that it is of: 10 ms for one, 1 ms more for each other. */
function growingFleet(count: number, fewestRuns = 2): { readonly fleet: Fleet; readonly processes: number[] } {
  const asked: number[] = [];
  const fleet = fleetOf([{ name: "d", count, maxUses: 1e6, source: { latency_ms: { 1: 10 } } }]);
  return {
    processes: asked,
    fleet: {
      ...{ ...fleet, measured: true, noiseKnown: true, maxConfidence: 0.99, fewestRuns },
      types: (basis, start) => {
        const processes = basis.kind === "upper" ? (basis.processes ?? 1) : 1;
        asked.push(processes);
        const source = { latency_ms: { 1: 9 + processes } };
        return fleetOf([{ name: "d", count, maxUses: 1e6, source }]).types({ kind: "typical" }, start);
      },
    },
  };
}

test("a confidence is of all devices of the plan: bounds of as many as it uses, and no more than that needs", async () => {
  // By hand, within 1 s: of 10 ms 100 fit, so that 300 need 3; of 12 ms 83 fit: 4; of 13 ms 76: 4.
  const { fleet, processes } = growingFleet(9);
  const question = { fleet, planClass: "soft", images: 300, timeMs: 1000, start: "warm", confidence: 0.9 } as const;
  const { plan, asked } = await settledPlan(fleetProblem(question));
  assert.deepEqual(processes, [1, 3, 4]);
  const { devices, question: told } = JSON.parse(JSON.stringify(plan));
  assert.equal(devices.length, 4);
  assert.deepEqual(told.confidence, { probability: 0.9, devices: 4 });
  assert.ok(devices.every(({ finish_ms }: { finish_ms: number }) => finish_ms % 13 === 0));
  assert.equal(asked.devices, 4);
  assert.equal(timesOf(question), "median latencies, all devices with 0.9");
  // With 3 devices only a bound of one would do.
  const few = await planFleet({ ...question, fleet: growingFleet(3).fleet });
  assert.equal(few.outcome.status, "infeasible");
  const without = await planFleet({ fleet, planClass: "soft", images: 300, timeMs: 1000, start: "warm" });
  assert.equal(JSON.parse(JSON.stringify(without)).question.confidence, undefined);
});

test("where many devices ask more of each than trials have shown, a note says what the promise rests on", async () => {
  const { fleet } = growingFleet(99);
  const question = { fleet, planClass: "soft", images: 300, timeMs: 1000, start: "warm" } as const;
  assert.deepEqual((await planFleet({ ...question, confidence: 0.9 })).notes.length, 0, "0.9739 of each of 4");
  assert.deepEqual((await planFleet({ ...question, confidence: 0.98 })).notes, [
    "confidence 0.98 of 4 devices together is 0.9949 of each, and trials show no more than 0.99: beyond, it rests on noise " +
      "that is log-normal",
  ]);
});

test("a confidence from one session says that another one is not in it", async () => {
  const { fleet } = growingFleet(9, 1);
  const question = { fleet, planClass: "soft", images: 300, timeMs: 1000, start: "warm" } as const;
  assert.deepEqual((await planFleet({ ...question, confidence: 0.9 })).notes, [
    "confidence 0.9 is of what was measured: how far another session differs is not in it, sweep --again on another day " +
      "tells",
  ]);
  assert.deepEqual((await planFleet(question)).notes, []);
});

test("only a relaxed plan can be of least cost or energy among those with the most images", () => {
  const { fleet } = watchedFleet(true);
  const asked = (planClass: FleetQuestion["planClass"], objective: NonNullable<FleetQuestion["objective"]>) =>
    fleetProblem({ fleet, planClass, images: 1, timeMs: 1, objective });
  assert.equal(isLeastForMost(asked("relaxed", "cost")), true);
  assert.equal(isLeastForMost(asked("relaxed", "images")), false);
  assert.throws(() => isLeastForMost(asked("relaxed", "devices")), /^UserError: objective devices: of relaxed plans/);
  for (const planClass of ["soft", "hard"] as const) {
    for (const objective of ["devices", "cost"] as const) {
      assert.equal(isLeastForMost(asked(planClass, objective)), false);
    }
  }
});

test("images are of the fleet's workloads", () => {
  const entry = {
    name: "d",
    count: 1,
    maxUses: 1,
    workloads: { a: { latency_ms: { 1: 1 } }, b: { latency_ms: { 1: 1 } } },
  };
  const fleet = fleetOf([entry], { workloads: ["b", "a"] });
  const workloads = (images: FleetQuestion["images"]) =>
    fleetProblem({ fleet, planClass: "relaxed", timeMs: 9, start: "warm", ...(images !== undefined && { images }) })
      .problem.workloads;
  assert.deepEqual(workloads({ a: 5 }), [
    { name: "b", images: 0 },
    { name: "a", images: 5 },
  ]);
  assert.throws(() => workloads(5), /images 5: several workloads need a number each/);
  assert.throws(() => workloads({ c: 5 }), /images of c: no such workload, allowed are b, a/);
});
