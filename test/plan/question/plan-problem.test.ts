import assert from "node:assert/strict";
import { test } from "node:test";
import { UserError } from "../../../src/core/user-error.js";
import { solvePlan } from "../../../src/plan/plan.js";
import { answerable } from "../../../src/plan/question/answerable.js";
import { type DeviceFunctions, deviceType, forWorkloads } from "../../../src/plan/question/device-type.js";
import { notesOnEnergies } from "../../../src/plan/question/known-energies.js";
import { billingOf, countsOnly, type PlanProblem } from "../../../src/plan/question/plan-problem.js";

function device(functions: Partial<DeviceFunctions> = {}) {
  return deviceType({
    name: "d",
    count: 3,
    maxMiniBatchSize: 2,
    latencyMs: (size) => 10 * size,
    warmupMs: (size) => 10 * size,
    ...functions,
  });
}

const ASKED: PlanProblem = {
  types: [device({ pricePerHour: 1, idleW: 5, energyPerMiniBatchJ: () => 1 })],
  workloads: [{ name: "images", images: 5 }],
  timeUs: 1_000_000,
  objective: "devices",
};

test("a question that makes no sense is refused with what is allowed, before anything is solved", async () => {
  const bare = [device()];
  const effort = { timeUs: "none", objective: "cost" } as const;
  const wrong: readonly (readonly [Partial<PlanProblem>, RegExp])[] = [
    [{ timeUs: "none" }, /^objective devices: needs a deadline, allowed without one are cost and energy$/],
    [{ timeUs: "none", objective: "images" }, /^objective images: needs a deadline/],
    [{ ...effort, billing: "reserved" }, /^billing reserved: needs a deadline, allowed without one is busy$/],
    [{ types: [device(), device()] }, /^device d: given twice, allowed is once$/],
    [{ caps: { devices: 1.5 } }, /^devices cap 1\.5: allowed are whole numbers from 1$/],
    [{ types: bare, objective: "cost" }, /^device d: price_per_hour is not given, which this plan needs$/],
    [{ types: bare, caps: { cost: 1 } }, /^device d: price_per_hour is not given/],
    [{ types: bare, objective: "energy" }, /^device d: no mini-batch size has its energies, which this plan needs/],
    [{ types: bare, caps: { energyJ: 1 } }, /^device d: no mini-batch size has its energies, which this plan needs/],
    [{ types: bare, caps: { powerW: 1 } }, /^device d: no mini-batch size has its energies, which this plan needs/],
    [{ objective: "energy", shorterLast: true }, /^shorter last mini-batch: allowed for fewest devices, most images/],
    [{ ...effort, shorterLast: true }, /^shorter last mini-batch/],
    [{ maxSizes: 1, shorterLast: true }, /^shorter last mini-batch/],
    [{ types: [] }, /^devices: none given, allowed is at least one type$/],
    [{ workloads: [{ name: "x", images: 0 }] }, /^images 0: allowed are whole numbers from 1 to 9007199254740991$/],
    [{ workloads: [{ name: "x", images: 1.5 }] }, /^images 1\.5: allowed/],
    [{ objective: "images", workloads: [{ name: "x", images: -1 }] }, /^images -1: allowed are whole numbers from 0/],
    [{ workloads: [...ASKED.workloads, { name: "y", images: 0 }] }, /^images 0 of y: allowed are whole numbers from 1/],
    [
      { workloads: [...ASKED.workloads, { name: "y", images: 2 }] },
      /^device d: functions for 1 workloads, allowed are 2$/,
    ],
    [
      { types: [device({ count: 600_000 }), device({ name: "e", count: 400_001 })] },
      /^devices: 1000001 in all, allowed are up to 1000000$/,
    ],
    [{ workloads: [...ASKED.workloads, ...ASKED.workloads] }, /^workload images: given twice, allowed is once$/],
    [{ timeUs: 0 }, /^time 0 ms: allowed are 0\.001 to 1000000000000 ms$/],
    [{ timeUs: 1e15 + 1 }, /^time 1000000000000\.001 ms: allowed/],
    [{ timeUs: 10.5 }, /^time 0\.0105 ms: allowed/],
    [{ maxSizes: 0 }, /^max sizes 0: allowed are whole numbers from 1$/],
    [{ miniBatchSize: 1.5 }, /^mini-batch size 1\.5: allowed are whole numbers from 1$/],
    [{ caps: { cost: -1 } }, /^cost cap -1: allowed are numbers from 0 to 1000000000000000$/],
    [{ caps: { energyJ: 1e16 } }, /^energy cap 10000000000000000: allowed/],
    [{ caps: { powerW: Number.NaN } }, /^power cap NaN: allowed/],
  ];
  for (const [part, message] of wrong) {
    await assert.rejects(
      solvePlan({ ...ASKED, ...part }),
      (error) => error instanceof UserError && message.test(error.message),
      `${message}`,
    );
  }
  const edge = { timeUs: 1e15, maxSizes: 1, caps: { cost: 1e15, energyJ: 1e15, powerW: 1e15 } };
  assert.equal((await solvePlan({ ...ASKED, ...edge })).status, "optimal");
});

test("most images may be asked for without a least number of them", async () => {
  const plan = await solvePlan({ ...ASKED, objective: "images", workloads: [{ name: "x", images: 0 }] });
  assert.ok(plan.status === "optimal");
  assert.equal(plan.images, 300);
});

test("mini-batch sizes without an energy are left out where a question needs it, and only there", () => {
  const energyPerMiniBatchJ = (size: number) => (size === 2 ? 1 : undefined);
  const types = [device({ pricePerHour: 1, energyPerMiniBatchJ })];
  const sizes = (part: Partial<PlanProblem>) =>
    answerable({ ...ASKED, types, ...part }).types[0]?.choices[0]?.map(({ miniBatchSize }) => miniBatchSize);
  assert.deepEqual(sizes({}), [1, 2]);
  assert.deepEqual(sizes({ objective: "cost" }), [1, 2]);
  for (const part of [{ objective: "energy" }, { caps: { energyJ: 9 } }, { caps: { powerW: 9 } }] as const) {
    assert.deepEqual(sizes(part), [2]);
  }
});

test("one given mini-batch size makes a limit of sizes needless", () => {
  assert.equal(answerable({ ...ASKED, maxSizes: 1, miniBatchSize: 2 }).maxSizes, undefined);
  assert.equal(answerable({ ...ASKED, maxSizes: 1 }).maxSizes, 1);
});

test("devices are paid until the deadline unless told, and without one until they finish", () => {
  assert.equal(billingOf(ASKED), "reserved");
  assert.equal(billingOf({ ...ASKED, billing: "busy" }), "busy");
  assert.equal(billingOf({ ...ASKED, timeUs: "none" }), "busy");
});

test("only numbers of devices count where neither energy, busy cost nor sizes matter", () => {
  for (const part of [
    {},
    { objective: "images" },
    { objective: "cost" },
    { caps: { cost: 1 } },
    { caps: { devices: 1 } },
    { shorterLast: true },
  ] as const) {
    assert.equal(countsOnly({ ...ASKED, ...part }), true, JSON.stringify(part));
  }
  for (const part of [
    { timeUs: "none", objective: "cost" },
    { objective: "energy" },
    { objective: "cost", billing: "busy" },
    { caps: { cost: 1 }, billing: "busy" },
    { caps: { energyJ: 1 } },
    { caps: { powerW: 1 } },
    { maxSizes: 1 },
  ] as const) {
    assert.equal(countsOnly({ ...ASKED, ...part }), false, JSON.stringify(part));
  }
});

test("a workload without any energy is refused by name, sizes and types without one are named as left out", async () => {
  const some = device({ energyPerMiniBatchJ: (size) => (size === 1 ? 1 : undefined) });
  const workloads = [
    { name: "u", images: 5 },
    { name: "v", images: 5 },
  ];
  const energy: PlanProblem = { ...ASKED, objective: "energy", workloads, types: [forWorkloads([some, device()])] };
  await assert.rejects(solvePlan(energy), {
    name: "UserError",
    message:
      "workload v: no mini-batch size has its energies, which this plan needs (energy_per_mini_batch_j, warmup_energy_j)",
  });
  assert.deepEqual(notesOnEnergies(energy), [
    "d, u: mini-batch sizes without an energy are left out: 2",
    "d, v: mini-batch sizes without an energy are left out: 1, 2",
  ]);
  assert.deepEqual(notesOnEnergies({ ...energy, objective: "devices" }), []);
  const many = device({ maxMiniBatchSize: 64, energyPerMiniBatchJ: (size) => (size > 20 ? undefined : 1) });
  assert.deepEqual(notesOnEnergies({ ...ASKED, types: [many], caps: { powerW: 100 } }), [
    "d: mini-batch sizes without an energy are left out: 44 of 64",
  ]);
});

test("a mini-batch size that is the only one allowed and has no energy is refused by its number", async () => {
  const some = device({ energyPerMiniBatchJ: (size) => (size === 1 ? 1 : undefined) });
  const asked: PlanProblem = { ...ASKED, types: [some], objective: "energy", miniBatchSize: 2 };
  await assert.rejects(solvePlan(asked), {
    name: "UserError",
    message: "mini-batch size 2: no device has its energies, which this plan needs",
  });
});

test("a cap of 0 is one: a plan that costs nothing is within it", async () => {
  const free = device({ pricePerHour: 0, energyPerMiniBatchJ: () => 1 });
  const plan = await solvePlan({ ...ASKED, types: [free], caps: { cost: 0 } });
  assert.equal(plan.status, "optimal");
  const none = await solvePlan({ ...ASKED, types: [free], caps: { energyJ: 0 } });
  assert.equal(none.status, "infeasible");
});
