import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../src/core/package-root.js";
import * as batchwise from "../src/index.js";

test("the library's exports stand in the order in which data flow", () => {
  const text = readFileSync(join(PACKAGE_ROOT, "src", "index.ts"), "utf8");
  const stages = [...text.matchAll(/from "\.\/(\w+)\//g)].map(([, stage]) => stage);
  assert.deepEqual(
    stages.filter((stage, place) => stage !== stages[place - 1]),
    [
      "core",
      "model",
      "design",
      "hardware",
      "measure",
      "dataset",
      "importing",
      "fit",
      "rank",
      "compare",
      "plan",
      "fleet",
      "execute",
      "claims",
      "decide",
      "figures",
      "report",
    ],
  );
});

test("what the comment of a stage names is exported there", () => {
  const text = readFileSync(join(PACKAGE_ROOT, "src", "index.ts"), "utf8");
  const [, everyStage = ""] = /\/\/ What every stage uses: (.*?)\/\/ Models/s.exec(text) ?? [];
  const files = [...everyStage.matchAll(/from "\.\/core\/([\w-]+)\.js"/g)].map(([, file]) => file);
  assert.deepEqual(files.sort(), ["statistics", "text-table", "user-error"]);
});

test("a program plans, exports the question, and tells a user's mistake from another error", async () => {
  const { deviceType, formulate, planAsJson, planSoft, solvePlan, toLpFormat, UserError } = batchwise;
  const times = { latencyMs: (size: number) => 10 * size, warmupMs: (size: number) => 20 * size };
  const type = deviceType({ name: "d", count: 4, maxMiniBatchSize: 2, ...times });
  // 50 mini-batches of one image on each of two devices: 20 + 49 · 10 ms.
  const plan = planSoft([type], 100, 510);
  assert.ok(plan.status === "optimal");
  assert.deepEqual([plan.devices.length, plan.finishUs], [2, 510_000]);
  const problem: batchwise.PlanProblem = {
    types: [type],
    workloads: [{ name: "images", images: 100 }],
    timeUs: 510_000,
    objective: "devices",
  };
  assert.deepEqual(await solvePlan(problem), plan);
  assert.match(toLpFormat(formulate(problem).program), /^\\ .*\n(?:.*\n)*Minimize\n/);
  assert.equal(planAsJson(plan).status, "optimal");
  assert.throws(() => planSoft([type], -1, 510), UserError);
  assert.throws(() => planSoft([type], 100, 1e300), UserError);
});

test("a program watches the machine", async () => {
  const monitor = await batchwise.startHardwareMonitor({ intervalMs: 10 });
  try {
    monitor.watch(process.pid);
    const samples = await monitor.unwatch();
    assert.ok(monitor.features.length > 50);
    for (const { values } of samples) assert.equal(values.length, monitor.features.length);
  } finally {
    await monitor.close();
  }
  const machine: batchwise.MachineDescription = await batchwise.describeMachine();
  assert.ok(machine.memoryMib > 0);
});
