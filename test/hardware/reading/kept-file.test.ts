import assert from "node:assert/strict";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { energy } from "../../../src/hardware/kernel/energy.js";
import { interrupts } from "../../../src/hardware/kernel/interrupts.js";
import { LINUX_SOURCES } from "../../../src/hardware/kernel/linux-sources.js";
import { smapsRollup } from "../../../src/hardware/kernel/smaps-rollup.js";
import { keepOpen, readNumber } from "../../../src/hardware/reading/kept-file.js";
import { listFolder, readText } from "../../../src/hardware/reading/list-folder.js";
import { fixturePlace } from "../fixture-values.js";
import { readBetween, valuesOf, writtenTree } from "../written-tree.js";

test("a file is read from its start each time, whole, however long it is and has been", () => {
  const lengths = [10, 2047, 2048, 2049, 4095, 4096, 4097, 65_535, 65_536, 65_537, 300_000, 5, 0];
  const contents = lengths.map((length) => Array.from({ length }, (_, at) => String((at * 7 + length) % 10)).join(""));
  const tree = writtenTree({ "proc/file": "" });
  const path = join(tree.place.procRoot, "file");
  const file = keepOpen(path);
  for (const text of contents) {
    tree.write({ "proc/file": text });
    const cursor = file.read();
    assert.ok(cursor !== undefined);
    assert.equal(cursor.at, 0);
    assert.equal(cursor.bytes.toString("latin1", 0, cursor.end), text);
  }
  assert.equal(file.path, path);
  assert.equal(file.problem, undefined);
  file.close();
  file.close(); // twice does no harm
  tree.write({ "proc/file": "-42.5 x" });
  assert.equal(readNumber(file), -42.5, "it is opened anew");
  file.close();
  tree.remove();
});

test("what was read of a file stays until it is read again, whatever else is read", () => {
  const tree = writtenTree({ "proc/a": "first", "proc/b": "the other one" });
  const [a, b] = ["a", "b"].map((name) => keepOpen(join(tree.place.procRoot, name)));
  const cursor = a?.read();
  b?.read();
  assert.equal(cursor?.bytes.toString("latin1", cursor.at, cursor.end), "first");
  for (const file of [a, b]) file?.close();
  tree.remove();
});

test("a file that is not there costs nothing for a hundred reads, and has a reason", () => {
  const tree = writtenTree({ "proc/other": "" });
  const path = join(tree.place.procRoot, "later");
  const file = keepOpen(path);
  assert.ok(Number.isNaN(readNumber(file)));
  assert.equal(file.problem, `${path}: no such file or directory`);
  tree.write({ "proc/later": "7" });
  for (let read = 0; read < 100; read++) assert.equal(file.read(), undefined);
  assert.equal(readNumber(file), 7);
  assert.equal(file.problem, undefined);
  file.close();
  tree.remove();
});

test("what a source opens it closes", { skip: process.platform !== "linux" && "counts in /proc/self/fd" }, () => {
  const open = () => readdirSync("/proc/self/fd").length;
  for (const kernel of ["linux-4.19", "linux-6.18"]) {
    const before = open();
    let most = 0;
    for (const source of [...LINUX_SOURCES, smapsRollup, interrupts]) {
      const reader = source.open(fixturePlace(kernel));
      readBetween(source, reader);
      most = Math.max(most, open());
      reader.close();
      assert.equal(open(), before, source.features[0]?.source);
    }
    assert.ok(most > before, "files are kept open meanwhile");
  }
});

test("names of a folder come in order, those that match; a text comes without blanks around it", () => {
  const tree = writtenTree({ "proc/b2": " two\n\n", "proc/b1": "", "proc/a1": "", "proc/b10": "" });
  assert.deepEqual(listFolder(tree.place.procRoot, /^b\d+$/), ["b1", "b10", "b2"]);
  assert.deepEqual(listFolder(join(tree.place.procRoot, "none"), /./), []);
  assert.equal(readText(join(tree.place.procRoot, "b2")), "two");
  assert.equal(readText(join(tree.place.procRoot, "none")), undefined);
  tree.remove();
});

test("each energy meter counts for its kind, in joules, and one that can't be read leaves the others", () => {
  const meter = (zone: string, name: string, energyUj: string, rangeUj = "1000000000") => ({
    [`sys/class/powercap/${zone}/name`]: `${name}\n`,
    [`sys/class/powercap/${zone}/max_energy_range_uj`]: `${rangeUj}\n`,
    [`sys/class/powercap/${zone}/energy_uj`]: energyUj,
  });
  const files = {
    ...meter("intel-rapl:0", "package-0", "1000000\n"),
    ...meter("intel-rapl:0:0", "core", "2000000\n"),
    ...meter("intel-rapl:0:1", "uncore", "4000000\n"),
    ...meter("intel-rapl:0:2", "dram", "\n"),
    ...meter("intel-rapl:1", "psys", "8000000\n"),
    ...meter("intel-rapl-mmio:0", "package-0", "16000000\n"),
  };
  const tree = writtenTree(files);
  const reader = energy.open(tree.place);
  const names = ["energy/package_j", "energy/core_j", "energy/platform_j"];
  assert.deepEqual(
    [...readBetween(energy, reader)],
    names.map((name, index) => [name, [1, 2, 8][index]]),
  );
  tree.write({ ...meter("intel-rapl:0", "", "1500000\n"), ...meter("intel-rapl:0:0", "", "500000\n", "1") });
  // The platform's meter says nothing once, and goes on where it was.
  tree.write({ "sys/class/powercap/intel-rapl:1/energy_uj": "?\n" });
  assert.equal(readBetween(energy, reader).has("energy/platform_j"), false);
  tree.write({ "sys/class/powercap/intel-rapl:1/energy_uj": "8000000\n" });
  // The core's meter began again: 1000 J of range, less 1.5 J.
  assert.deepEqual(
    [...readBetween(energy, reader)],
    names.map((name, index) => [name, [1.5, 1000.5, 8][index]]),
  );
  assert.equal(reader.problem(), undefined);
  reader.close();
  rmSync(join(tree.place.sysRoot, "class/powercap/intel-rapl:1/energy_uj"));
  mkdirSync(join(tree.place.sysRoot, "class/powercap/intel-rapl:1/energy_uj"));
  const refused = energy.open(tree.place);
  assert.equal(readBetween(energy, refused).has("energy/platform_j"), false);
  assert.match(refused.problem() ?? "", /intel-rapl:1\/energy_uj: illegal operation on a directory$/);
  refused.close();
  tree.remove();
  assert.equal(valuesOf(energy, {}).size, 0);
});
