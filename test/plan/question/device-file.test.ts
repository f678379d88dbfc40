import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { UserError } from "../../../src/core/user-error.js";
import type { DeviceEntry } from "../../../src/plan/question/device-entry.js";
import { readDeviceFile } from "../../../src/plan/question/device-file.js";
import { givenFunctions } from "../../../src/plan/question/given-functions.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-device-file-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "devices.json");
const LINE = { intercept: 1, slope: 2 };
const DEVICE = { name: "d", count: 1, max_mini_batch_size: 4, latency_ms: LINE, warmup_ms: LINE };

function read(content: unknown): DeviceEntry[] {
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return readDeviceFile(path);
}

function entry(device: object): DeviceEntry {
  const [only] = read({ devices: [{ ...DEVICE, ...device }] });
  assert.ok(only !== undefined);
  return only;
}

function functionsOf(device: object) {
  const { name, source } = entry(device);
  assert.ok(source !== undefined && !("dataset" in source) && !("functions" in source));
  return givenFunctions(name, source);
}

test("a device's values arrive as they stand in the file, and missing ones are not invented", () => {
  const full = entry({ count: 7, max_uses: 3, price_per_hour: 2.5, idle_w: 40 });
  assert.deepEqual([full.name, full.count, full.maxUses, full.pricePerHour, full.idleW], ["d", 7, 3, 2.5, 40]);
  const bare = entry({});
  assert.deepEqual([bare.maxUses, "pricePerHour" in bare, "idleW" in bare], [Number.POSITIVE_INFINITY, false, false]);
});

test("a line counts per image up to the largest mini-batch, a table only for the sizes that it names", () => {
  const line = functionsOf({ warmup_ms: { 1: 10, 3: 30 }, latency_ms: LINE });
  assert.deepEqual([line.latencyMs(3), line.warmupMs?.(3), line.warmupMs?.(2)], [7, 30, undefined]);
  assert.deepEqual([line.miniBatchSizes, line.maxMiniBatchSize], [[1, 3], 3]);
  const table = functionsOf({ latency_ms: { 8: 9, 2: 5, 16: 20 }, max_mini_batch_size: 8, load_ms: 12 });
  assert.deepEqual([table.miniBatchSizes, table.maxMiniBatchSize, table.loadMs], [[2, 8], 8, 12]);
  assert.equal(functionsOf({}).miniBatchSizes, undefined);
  assert.equal(functionsOf({ max_mini_batch_size: 5 }).maxMiniBatchSize, 5);
});

test("energies, and whether a new size warms up again, are passed on", () => {
  const both = functionsOf({ energy_per_mini_batch_j: LINE, warmup_energy_j: { 2: 9 }, warm_up_per_shape: false });
  assert.deepEqual(
    [both.energyPerMiniBatchJ?.(2), both.warmupEnergyJ?.(2), both.warmupEnergyJ?.(1)],
    [5, 9, undefined],
  );
  assert.equal(both.warmupPerShape, false);
  const none = functionsOf({});
  assert.deepEqual(
    [none.energyPerMiniBatchJ, none.warmupEnergyJ, none.warmupPerShape],
    [undefined, undefined, undefined],
  );
});

test("every wrong value is named by its place, with what is allowed", () => {
  const device = (part: object) => ({ devices: [{ ...DEVICE, ...part }] });
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    ["[", /not JSON/],
    [{}, /devices: allowed is a list of devices/],
    [{ devices: [] }, /devices: allowed is at least one/],
    [{ devices: [3] }, /devices\.0/],
    [{ devices: [DEVICE], more: 1 }, /more/],
    [device({ name: "" }), /devices\.0\.name: a text is required/],
    [device({ count: 0 }), /devices\.0\.count: 0, allowed are whole numbers from 1 to 1000000/],
    [device({ count: 1_000_001 }), /devices\.0\.count: 1000001, allowed are whole numbers from 1 to 1000000/],
    [device({ count: 1.5 }), /devices\.0\.count: 1\.5, allowed are whole numbers/],
    [device({ count: "2" }), /devices\.0\.count: "2", allowed are whole numbers/],
    [device({ count: undefined }), /devices\.0\.count: missing, allowed are whole numbers/],
    [device({ max_uses: -1 }), /devices\.0\.max_uses: -1, allowed are whole numbers from 0/],
    [device({ price_per_hour: -0.01 }), /devices\.0\.price_per_hour: -0\.01, allowed are numbers from 0 to 1000000/],
    [device({ idle_w: 1e5 + 1 }), /devices\.0\.idle_w: 100001, allowed are numbers from 0 to 100000/],
    [device({ load_ms: -1 }), /devices\.0\.load_ms: -1, allowed are numbers from 0 to 1000000000/],
    [device({ max_mini_batch_size: 65_537 }), /max_mini_batch_size: 65537, allowed are whole numbers from 1 to 65536/],
    [
      device({ max_mini_batch_size: undefined }),
      /device d: max_mini_batch_size is missing, which functions without a table need/,
    ],
    [device({ latency_ms: 3 }), /latency_ms: 3, allowed are \{ intercept, slope \} or a table by mini-batch size/],
    [device({ latency_ms: [1] }), /latency_ms: \[1\], allowed are \{ intercept, slope \} or a table/],
    [device({ latency_ms: { intercept: 1 } }), /latency_ms\.slope: missing, allowed are numbers/],
    [device({ latency_ms: { slope: "1", intercept: 1 } }), /latency_ms\.slope: "1", allowed are numbers/],
    [device({ latency_ms: { intercept: 1, slope: 1, 8: 2 } }), /latency_ms: key 8, allowed are intercept and slope/],
    [device({ latency_ms: {} }), /latency_ms: an empty table, allowed is at least one size/],
    [device({ latency_ms: { 0: 1 } }), /latency_ms: mini-batch size 0, allowed are whole numbers from 1 to 65536/],
    [device({ latency_ms: { 65537: 1 } }), /latency_ms: mini-batch size 65537, allowed are/],
    [device({ latency_ms: { 1: 0 } }), /latency_ms\.1: 0, allowed are numbers from 0\.001 to 1000000000/],
    [device({ warmup_energy_j: { 1: 9e6 + 1 } }), /warmup_energy_j\.1: 9000001, allowed are numbers from 0 to 9000000/],
    [device({ warm_up_per_shape: "yes" }), /warm_up_per_shape: allowed are true and false/],
    [device({ latency: LINE }), /latency/],
    [{ devices: [{ name: "d", count: 1, workloads: {} }] }, /workloads: allowed is at least one/],
    [
      { devices: [{ name: "d", count: 1, workloads: { a: { latency_ms: 1 } } }] },
      /workloads\.a\.latency_ms: 1, allowed/,
    ],
    [
      { devices: [{ name: "d", count: 1, workloads: { a: { dataset: "" } } }] },
      /workloads\.a\.dataset: a text is required/,
    ],
    [{ devices: [{ name: "d", count: 1, dataset: "x", threads: 0 }] }, /threads: 0, allowed are whole numbers from 1/],
    [{ devices: [DEVICE, { ...DEVICE, count: 2 }] }, /name d occurs twice/],
  ];
  for (const [content, message] of wrong) {
    assert.throws(
      () => {
        for (const { name, source } of read(content)) {
          if (source !== undefined && !("dataset" in source) && !("functions" in source)) givenFunctions(name, source);
        }
      },
      (error) => error instanceof UserError && !error.message.includes("\n") && message.test(error.message),
      `${JSON.stringify(content)} ${message}`,
    );
  }
});

test("a file whose devices have more than five million sizes together is refused before they are made", () => {
  const devices = Array.from({ length: 77 }, (_, index) => ({
    ...DEVICE,
    name: `d${index}`,
    max_mini_batch_size: 65_536,
  }));
  assert.throws(() => read({ devices }), /5046272 mini-batch sizes of all devices together, allowed are 5000000/);
  const measured = { name: "measured", count: 1, dataset: "data/quick" };
  assert.throws(() => read({ devices: [...devices, measured] }), /: 5046273 mini-batch sizes of all devices together/);
  assert.equal(read({ devices: devices.slice(1) }).length, 76);
});

test("a warm-up table without any size of the latency table is refused", () => {
  assert.throws(() => givenFunctions("d", { latency_ms: { 1: 2 }, warmup_ms: { 4: 30 } }), {
    name: "UserError",
    message: "device d: warmup_ms has none of the mini-batch sizes of latency_ms",
  });
});

test("a dataset's path is from the folder of the device file", () => {
  const one = { name: "one", count: 1, dataset: "data/quick" };
  const several = { name: "several", count: 1, workloads: { a: { dataset: "../b" }, c: { latency_ms: { 1: 1 } } } };
  const [first, second] = read({ devices: [one, several] });
  assert.deepEqual(first?.source, { dataset: join(folder, "data", "quick") });
  assert.deepEqual(second?.workloads, { a: { dataset: join(folder, "..", "b") }, c: { latency_ms: { 1: 1 } } });
});
