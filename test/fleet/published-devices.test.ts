import assert from "node:assert/strict";
import { test } from "node:test";
import { UserError } from "../../src/core/user-error.js";
import { type Fleet, fleetOf } from "../../src/fleet/fleet.js";
import { fleetProblem } from "../../src/fleet/fleet-question.js";
import { planFleet } from "../../src/fleet/plan-fleet.js";
import { fitPublished } from "../../src/fleet/published-work.js";
import { type PublishedCurve, publishedCurve, publishedCurves } from "../../src/importing/published.js";
import { planRelaxed, planSoft } from "../../src/plan/plan.js";
import { type DeviceType, deviceType } from "../../src/plan/question/device-type.js";

function fleetOfCurve(curve: string, count: number, max?: number): Fleet {
  const source = { functions: `published:${curve}`, ...(max !== undefined && { max_mini_batch_size: max }) };
  return fleetOf([{ name: "", count, maxUses: Number.POSITIVE_INFINITY, source }]);
}

/** The most images of one device by trying every mini-batch and counting its mini-batches one by one. */
function mostByTrying({ choices: [table = []] }: DeviceType, timeUs: number): number {
  let most = 0;
  for (const { miniBatchSize, warmupUs, latencyUs } of table) {
    let images = 0;
    for (let usedUs = warmupUs; usedUs <= timeUs; usedUs += latencyUs) images += miniBatchSize;
    most = Math.max(most, images);
  }
  return most;
}

const DEVICES = 8;
const SHARES = [0.3, 1.7, 4.2, 7.9, 9];

/** Both models' plans of a type against trying everything. */
function requireExact(name: string, type: DeviceType, timeUs: number): void {
  const most = mostByTrying(type, timeUs);
  assert.ok(most > 0, name);
  const relaxed = planRelaxed([{ ...type, count: 1 }], timeUs / 1000);
  assert.ok(relaxed.status !== "infeasible" && relaxed.images === most, `${name}: relaxed`);
  for (const share of SHARES) {
    const images = Math.ceil(share * most);
    const tried = Math.ceil(images / most);
    const soft = planSoft([type], images, timeUs / 1000);
    if (tried > DEVICES) assert.equal(soft.status, "infeasible", `${name}: ${images} images`);
    else {
      assert.ok(soft.status !== "infeasible" && soft.devices.length === tried, `${name}: ${images} images`);
      assert.equal(soft.status, "optimal");
    }
  }
}

test("every published curve plans exactly: against trying all of its measured mini-batches", () => {
  for (const { curve, name, rows } of publishedCurves()) {
    const [type] = fleetOfCurve(curve, DEVICES).types({ kind: "typical" }, "warm");
    assert.ok(type !== undefined);
    const measured = rows.map(({ miniBatchSize }) => miniBatchSize);
    const planned = type.choices[0]?.map(({ miniBatchSize }) => miniBatchSize) ?? [];
    assert.deepEqual(
      measured.filter((size) => !planned.includes(size)),
      [],
      name,
    );
    const slowestUs = Math.max(...(type.choices[0] ?? []).map(({ latencyUs }) => latencyUs));
    requireExact(name, type, Math.round(23.7 * slowestUs));
  }
});

test("and against trying every mini-batch, the measured ones or not, with its law", () => {
  for (const curve of publishedCurves()) {
    const { rows, inputSizePx = 1, name } = curve;
    const law = fitPublished(curve).meanLatency().law()?.answering(inputSizePx);
    assert.ok(law !== undefined, name);
    const type = deviceType({
      name,
      count: DEVICES,
      maxMiniBatchSize: rows.at(-1)?.miniBatchSize ?? 0,
      latencyMs: (size) => law.extrapolate(inputSizePx, size),
      warmupMs: (size) => law.extrapolate(inputSizePx, size),
    });
    const slowestUs = Math.max(...(type.choices[0] ?? []).map(({ latencyUs }) => latencyUs));
    requireExact(name, type, Math.round(23.7 * slowestUs));
  }
});

test("what is planned with is near what was published: the mean, or throughput where that holds the warm-up", () => {
  const near = (ms: number, published: number) => Math.abs(Math.log(ms / published)) < 0.05;
  const at = (curve: PublishedCurve, size: number) => {
    const [type] = fleetOfCurve(curve.curve, 1).types({ kind: "typical" }, "warm");
    return (type?.choices[0]?.find(({ miniBatchSize }) => miniBatchSize === size)?.latencyUs ?? 0) / 1000;
  };
  // From the sources' tables: 256 images at 5,154 images/s, where a mean of 60.71 ms is above its p99 of 54.99 ms.
  assert.ok(near(at(publishedCurve("15"), 256), 256_000 / 5154));
  // 128 images in 56.0 ms of Triton on an A100, whose mean is below its p99.
  const triton = publishedCurve("44");
  assert.ok(near(at(triton, 128), triton.rows.at(-1)?.meanMs ?? 0));
});

test("a curve is named by its number, its name or words that only it has, and by nothing else", () => {
  assert.equal(publishedCurve("15").name, "efficientnet-b0 on A100 80GB, tf32");
  assert.equal(publishedCurve("published:15").curve, "15");
  assert.equal(publishedCurve("EfficientNet-B0 on a100 80gb,  TF32").curve, "15");
  assert.equal(publishedCurve("efficientnet-b0 a100 tf32").curve, "15");
  assert.throws(() => publishedCurve("H100"), { name: "UserError", message: /"H100": none, allowed are those of/ });
  assert.throws(() => publishedCurve("efficientnet-b0 mixed"), {
    name: "UserError",
    message: /2 have that in their name: 19 .*27 /,
  });
  const names = publishedCurves().map(({ name }) => name);
  assert.equal(new Set(names).size, names.length, "every curve has a name of its own");
});

test("every figure has its source with commit and licence", () => {
  assert.equal(publishedCurves().length, 76);
  assert.equal(publishedCurves().flatMap(({ rows }) => rows).length, 635);
  for (const { source } of publishedCurves()) {
    assert.match(source.commit, /^[0-9a-f]{40}$/);
    assert.match(source.licence, /^(Apache-2\.0|BSD-3-Clause) \(.+\); figures only$/);
  }
});

test("a plan with a published device says who measured it, what is unknown, and that it starts warm", async () => {
  const plan = await planFleet({ fleet: fleetOfCurve("15", 8), planClass: "soft", images: 1_000_000, timeMs: 60_000 });
  assert.ok(plan.outcome.status !== "infeasible" && plan.outcome.devices.length === 4);
  const notes = plan.notes.join("\n");
  assert.match(
    notes,
    /measured by NVIDIA .* at 729963dd47e7\), imported from data\/published, curve 15; unknown: warm-up, load time, memory/,
  );
  assert.match(notes, /mean is above the highest percentile in 4 rows of 9/);
  assert.match(notes, /warm-up is not known: devices are taken to start warm/);
  const { question, devices } = plan.toJSON() as { question: { start: string; sources: object[] }; devices: object[] };
  assert.equal(question.start, "warm");
  assert.deepEqual(question.sources, [
    {
      type: "efficientnet-b0 on A100 80GB, tf32",
      workload: "images",
      published: "15",
      model: "efficientnet-b0",
      input_size_px: 224,
      latency: "mean",
    },
  ]);
  assert.ok(
    !JSON.stringify(devices).includes("finish_low_ms"),
    "nothing is promised of processes that were never repeated",
  );
});

test("what a curve can't answer is refused in one line", () => {
  const fleet = fleetOfCurve("15", 8);
  const question = { fleet, planClass: "soft", images: 100, timeMs: 60_000 } as const;
  const refused: [() => unknown, RegExp][] = [
    [
      () => fleetProblem({ ...question, start: "loaded" }),
      /start loaded: warm-up is not known, allowed are warm and a warm-up/,
    ],
    [() => fleetProblem({ ...question, start: "cold" }), /start cold: warm-up is not known/],
    [() => fleetProblem({ ...question, confidence: 0.95 }), /confidence 0.95: each mini-batch was measured once/],
    [
      () => fleetProblem({ ...question, planClass: "hard" }),
      /worst observed of efficientnet-b0 on A100 80GB, tf32: no single inference/,
    ],
    [
      () => fleetOfCurve("15", 8).types({ kind: "recorded", percentile: 90 }, "warm"),
      /latency p90: not recorded of .*, allowed are mean, median, p95, p99/,
    ],
  ];
  for (const [run, message] of refused) {
    assert.throws(
      run,
      (error) => error instanceof UserError && !error.message.includes("\n") && message.test(error.message),
      String(message),
    );
  }
});

test("a published row whose percentiles fall is said, and no plan counts with them", async () => {
  // 17.8, 1789.0 and 18.19 ms as p90, p95 and p99 of 16 images, as the source has them.
  const question = { planClass: "relaxed", images: 0, timeMs: 10_000 } as const;
  const { notes } = await planFleet({ fleet: fleetOfCurve("74", 1), ...question });
  assert.match(notes.join("\n"), /percentiles fall in 1 row of 9, the first at published:74 mini-batch 16: 17.8, 1789/);
  assert.throws(() => fleetOfCurve("74", 1).types({ kind: "recorded", percentile: 95 }, "warm"), {
    name: "UserError",
    message:
      /latency p95: not recorded of every mini-batch of resnet50-v1.5 on T4, mixed, TensorFlow, allowed are mean/,
  });
});

test("a plan by p99 counts each mini-batch with its recorded percentile, and a cap on p99 is held against it", async () => {
  const entries = [{ name: "", count: 8, maxUses: Number.POSITIVE_INFINITY, source: { functions: "published:15" } }];
  const [byMean] = fleetOf(entries).types({ kind: "typical" }, "warm");
  const [byP99] = fleetOf(entries, { latency: "p99" }).types({ kind: "typical" }, "warm");
  const published = publishedCurve("15").rows;
  for (const [index, { miniBatchSize, latencyUs }] of (byP99?.choices[0] ?? []).entries()) {
    const p99Ms = published.find((row) => row.miniBatchSize === miniBatchSize)?.p99Ms ?? 0;
    assert.ok(Math.abs(Math.log(latencyUs / 1000 / p99Ms)) < 0.1, `${miniBatchSize}: ${latencyUs}, published ${p99Ms}`);
    assert.ok(latencyUs > (byMean?.choices[0]?.[index]?.latencyUs ?? Infinity) || miniBatchSize < 64);
  }
  const { outcome } = await planFleet({
    fleet: fleetOf(entries),
    planClass: "soft",
    images: 10_000,
    timeMs: 60_000,
    maxLatency: { name: "--max-latency p99=20ms", limitUs: 20_000, confidence: 0.99 },
  });
  assert.ok(outcome.status !== "infeasible");
  // p99 is 16.63 ms at 64 images and 28.34 ms at 128.
  assert.deepEqual(new Set(outcome.devices.map(({ miniBatchSize }) => miniBatchSize)), new Set([64]));
});

test("power makes energy: a mini-batch takes its power for as long as it lasts", () => {
  const [type] = fleetOfCurve("106", 1).types({ kind: "typical" }, "warm");
  const { powerW = 0 } = publishedCurve("106").rows[0] ?? {};
  const [first] = type?.choices[0] ?? [];
  assert.ok(Math.abs((first?.energyNj ?? 0) / 1e9 / ((powerW * (first?.latencyUs ?? 0)) / 1e6) - 1) < 1e-3);
  assert.equal(fleetOfCurve("15", 1).types({ kind: "typical" }, "warm")[0]?.choices[0]?.[0]?.energyNj, undefined);
});
