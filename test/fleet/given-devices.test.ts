import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { fitDataset } from "../../src/fit/fit-dataset.js";
import { datasetFleet, fleetOf } from "../../src/fleet/fleet.js";
import { offeredByEntries, offeredByFits } from "../../src/fleet/given-devices.js";
import { planFleet } from "../../src/fleet/plan-fleet.js";
import { deviceEntries } from "../../src/plan/question/device-entries.js";

const DATASET = join(PACKAGE_ROOT, "data", "reference-cpu");
const fits = fitDataset(DATASET);
const offered = offeredByFits(fits);

/** What a plan says, where its functions come from aside. */
async function planned(question: Parameters<typeof planFleet>[0]) {
  const { question: _, ...plan } = (await planFleet(question)).toJSON();
  return JSON.parse(JSON.stringify(plan, (key, value) => (/^finish_(low|high)_ms$/.test(key) ? undefined : value)));
}

test("tables of a dataset plan as the dataset does, with mean and with worst times", async () => {
  const labels = offered.map(({ label }) => label);
  assert.equal(new Set(labels).size, labels.length);
  for (const [inputSizePx, planClass, times, start] of [
    [224, "soft", "mean", "loaded"],
    [224, "hard", "worst observed", "loaded"],
    [128, "soft", "mean", "cold"],
    [128, "relaxed", "mean", "warm"],
  ] as const) {
    const device = offered.find(({ label }) => label.endsWith(`, ${inputSizePx} px, ${times}`))?.device;
    assert.ok(device !== undefined, labels.join("; "));
    const asked = { planClass, timeMs: 10_000, start, ...(planClass !== "relaxed" && { images: 2000 }) };
    const given = fleetOf(deviceEntries([{ ...device, count: 32 }], "devices"));
    const measured = datasetFleet(DATASET, { inputSizePx, count: 32, fits });
    assert.deepEqual(await planned({ ...asked, fleet: given }), await planned({ ...asked, fleet: measured }));
  }
});

test("tables of a dataset keep a confidence of all devices together as the dataset does", async () => {
  const devices = new Set<number>();
  for (const [inputSizePx, planClass, images, confidence, start] of [
    [224, "soft", 10_000, 0.95, "loaded"],
    [64, "hard", 20_000, 0.8, "cold"],
    [128, "relaxed", 0, 0.95, "warm"],
  ] as const) {
    const device = offered.find(({ label }) => label.endsWith(`, ${inputSizePx} px, mean`))?.device;
    const maxLatency = { name: "--max-latency p99=2s", limitUs: 2_000_000, confidence: 0.99 };
    const asked = { planClass, timeMs: 10_000, start, confidence, maxLatency, ...(images > 0 && { images }) };
    const given = fleetOf(deviceEntries(JSON.parse(JSON.stringify([{ ...device, count: 32 }])), "devices"));
    const measured = datasetFleet(DATASET, { inputSizePx, count: 32, fits });
    const said = await planned({ ...asked, fleet: given });
    assert.deepEqual(said, await planned({ ...asked, fleet: measured }));
    devices.add(said.devices.length);
  }
  assert.equal(devices.size, 3, [...devices].join(", "));
});

test("a confidence that its trials do not support is refused of a spread as of its dataset", () => {
  const device = offered.find(({ label }) => label.endsWith(", 224 px, mean"))?.device;
  assert.ok(device !== undefined);
  const fleets = [fleetOf(deviceEntries([device], "devices")), datasetFleet(DATASET, { fits })];
  const messages = fleets.map((fleet) => {
    try {
      fleet.types({ kind: "upper", confidence: 0.9999 }, "loaded");
      return "";
    } catch (error) {
      return error instanceof Error ? error.message : "";
    }
  });
  assert.match(messages[0] ?? "", /^confidence 0\.9999: allowed up to 0\.\d+ from \d+ trials$/);
  assert.equal(messages[0], messages[1]);
});

test("hard plans find the worst times of every other label", () => {
  const byLabel = new Map(offered.map((each) => [each.label, each.device]));
  assert.ok(offered.every(({ worst }) => worst !== undefined && byLabel.has(worst)));
});

test("a device file's datasets become tables at their input size, what else it says stays", () => {
  const entry = {
    name: "d",
    count: 2,
    price_per_hour: 3,
    dataset: DATASET,
    input_size_px: 128,
    max_mini_batch_size: 8,
  };
  const [device] = offeredByEntries(deviceEntries([entry], "devices"));
  assert.deepEqual(
    { ...device?.device, latency_ms: 0, warmup_ms: 0, load_ms: 0 },
    { name: "d", count: 2, price_per_hour: 3, warm_up_per_shape: false, latency_ms: 0, warmup_ms: 0, load_ms: 0 },
  );
  assert.ok(device !== undefined && "latency_ms" in device.device);
  const mean = offered.find(({ label }) => label.endsWith(", 128 px, mean"))?.device;
  assert.ok(mean !== undefined && "latency_ms" in mean);
  const small = Object.entries(mean.latency_ms).filter(([size]) => Number(size) <= 8);
  assert.deepEqual(Object.entries(device.device.latency_ms), small);
});

test("what others published plans as tables as it does by its name, from warm devices", async () => {
  const entries = deviceEntries([{ name: "p", count: 3, functions: "published:15" }], "devices");
  const [device] = offeredByEntries(entries);
  assert.ok(device !== undefined && "latency_ms" in device.device && device.device.warmup_ms === undefined);
  const asked = { planClass: "soft", images: 5000, timeMs: 60_000, start: "warm" } as const;
  const given = await planned({ ...asked, fleet: fleetOf(deviceEntries([device.device], "devices")) });
  assert.deepEqual(given, await planned({ ...asked, fleet: fleetOf(entries) }));
  assert.equal(given.status, "optimal");
});
