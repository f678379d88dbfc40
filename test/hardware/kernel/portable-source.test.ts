import assert from "node:assert/strict";
import { loadavg, totalmem } from "node:os";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { catalogueFor } from "../../../src/hardware/catalogue.js";
import {
  openTraffic,
  PORTABLE_SOURCES,
  portableSource,
  sumTraffic,
} from "../../../src/hardware/kernel/portable-source.js";
import { machineSources } from "../../../src/hardware/sampling/sampler-sources.js";
import { fixturePlace } from "../fixture-values.js";
import { readBetween } from "../written-tree.js";

test("elsewhere than on Linux the machine is asked through systeminformation, as Node sees it here, too", async () => {
  const reader = portableSource.open(fixturePlace("empty"));
  assert.equal(readBetween(portableSource, reader).size, 0, "it has not answered yet");
  // What comes last is there when all has been asked: on a machine without a network, too.
  let found = readBetween(portableSource, reader);
  while (!found.has("network/received_bytes")) {
    await pause(5);
    found = readBetween(portableSource, reader);
  }
  assert.equal(reader.problem(), undefined);
  reader.close();
  assert.equal(found.get("memory/total_kib"), totalmem() / 1024);
  const [free = 0, available = 0] = ["memory/free_kib", "memory/available_kib"].map((name) => found.get(name));
  assert.ok(free > 0 && available > 0 && free <= totalmem() / 1024 && available <= totalmem() / 1024);
  const busy = found.get("cpu/busy_ratio") ?? Number.NaN;
  assert.ok(busy >= 0 && busy <= 1, String(busy));
  // The kernel counts anew every five seconds, so that it may have moved on once.
  const [oneMinute = 0] = loadavg();
  const average = found.get("load/average_1min") ?? Number.NaN;
  assert.ok(Math.abs(average - oneMinute) <= 0.2 * oneMinute + 0.5, `${average} is not about ${oneMinute}`);
  for (const name of ["network/received_bytes", "network/sent_bytes"]) assert.ok((found.get(name) ?? -1) >= 0, name);
});

test("the features of another platform are fewer, and have the names that they have on Linux", () => {
  assert.ok(portableSource.features.every(({ description }) => /^[A-Z].{8,}\.$/.test(description)));
  assert.deepEqual(machineSources("darwin"), PORTABLE_SOURCES);
  assert.deepEqual(
    portableSource.features.map(({ name }) => name),
    [
      "cpu/busy_ratio",
      "load/average_1min",
      "memory/total_kib",
      "memory/available_kib",
      "memory/free_kib",
      "memory/swap_used_kib",
      "frequency/mean_mhz",
      "disk/reads",
      "disk/writes",
      "network/received_bytes",
      "network/sent_bytes",
    ],
  );
  const linux = new Map(catalogueFor({ platform: "linux", gpus: 0 }).map((feature) => [feature.name, feature]));
  for (const { name, unit, kind } of portableSource.features) {
    assert.deepEqual([linux.get(name)?.unit, linux.get(name)?.kind], [unit, kind], name);
  }
  const darwin = catalogueFor({ platform: "darwin", gpus: 0 }).map(({ name }) => name);
  assert.ok(darwin.includes("memory/total_kib") && !darwin.includes("process/resident_kib"));
});

test("an interface that joins or leaves brings no traffic with it, elsewhere than on Linux either", () => {
  const traffic = openTraffic();
  const seen = (...bytes: [string, number][]) => [
    ...sumTraffic(
      traffic,
      bytes.map(([iface, rx_bytes]) => ({ iface, rx_bytes, tx_bytes: 2 * rx_bytes })),
      1000,
    ),
  ];
  assert.deepEqual(seen(["en0", 100]), [100, 200]);
  assert.deepEqual(seen(["en0", 110], ["utun3", 3e8]), [110, 220]);
  assert.deepEqual(seen(["utun3", 3e8 + 5]), [115, 230]);
});
