import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { procMeminfo } from "../../../src/hardware/kernel/proc-meminfo.js";
import { procVmstat } from "../../../src/hardware/kernel/proc-vmstat.js";
import { processIo } from "../../../src/hardware/kernel/process-io.js";
import { processStatus } from "../../../src/hardware/kernel/process-status.js";
import { smapsRollup } from "../../../src/hardware/kernel/smaps-rollup.js";
import { featureGroup } from "../../../src/hardware/reading/feature-group.js";
import { openKeyedFile } from "../../../src/hardware/reading/keyed-file-source.js";
import type { Source } from "../../../src/hardware/reading/source.js";
import { fixturePlace } from "../fixture-values.js";
import { readBetween, valuesOf } from "../written-tree.js";

/** Numbers of a recorded file that are not one key's: by hand. */
const COMPUTED = new Set(["memory/swap_used_kib", "memory/used_ratio", "process/shared_kib"]);

/** The source, its file in the recorded tree, and how many of its features that kernel tells. */
const FILES: readonly [Source, string, number][] = [
  [procMeminfo, "meminfo", 42],
  [procVmstat, "vmstat", 36],
  [processStatus, "100/status", 18],
  [processIo, "100/io", 7],
  [smapsRollup, "100/smaps_rollup", 17],
];

for (const [source, file, least] of FILES) {
  test(`every number of ${file} arrives at the feature that names its key`, () => {
    const place = fixturePlace("linux-6.18");
    const text = readFileSync(join(place.procRoot, file), "utf8");
    const found = readBetween(source, source.open(place));
    let told = 0;
    for (const { name, source: origin } of source.features.filter((feature) => !COMPUTED.has(feature.name))) {
      // The oracle: a regular expression over the file, for each key that the catalogue says the feature comes from.
      const keys = origin.slice(origin.indexOf(" ") + 1).split(" + ");
      const numbers = keys.flatMap((key) => {
        const escaped = key.replaceAll(/[()]/g, "\\$&");
        const [, digits] = new RegExp(`^${escaped}:?\\s+(\\d+)`, "m").exec(text) ?? [];
        return digits === undefined ? [] : [Number(digits)];
      });
      const expected = numbers.length === 0 ? undefined : numbers.reduce((sum, value) => sum + value, 0);
      assert.equal(found.get(name), expected, `${name} from ${origin}`);
      if (expected !== undefined) told++;
    }
    assert.ok(told >= least, `${told} features have a value`);
  });
}

test("what is computed of several keys", () => {
  const memory = valuesOf(procMeminfo, {
    "proc/meminfo": "MemTotal: 1000 kB\nMemAvailable: 250 kB\nSwapTotal: 90 kB\nSwapFree: 20 kB\n",
  });
  assert.deepEqual(
    [...memory],
    [
      ["memory/total_kib", 1000],
      ["memory/available_kib", 250],
      ["memory/swap_total_kib", 90],
      ["memory/swap_free_kib", 20],
      ["memory/swap_used_kib", 70],
      ["memory/used_ratio", 0.75],
    ],
  );
  const status = valuesOf(processStatus, { "proc/100/status": "RssFile:\t 30 kB\nRssShmem:\t 12 kB\n" });
  assert.deepEqual(
    [...status],
    [
      ["process/resident_file_kib", 30],
      ["process/resident_shared_kib", 12],
      ["process/shared_kib", 42],
    ],
  );
});

test("keys end at a blank, a colon, an equals sign or a tab, and a key that only begins like one is another", () => {
  const group = featureGroup("g", "machine", "file");
  const field = (key: string, scale?: number) => ({
    feature: group.gauge(key, "1", key, "For the test."),
    keys: [key],
    ...(scale !== undefined && { scale }),
  });
  const fields = [field("a"), field("b"), field("c", 10), field("d"), field("ab"), field("e"), field("f")];
  const source: Source = { features: fields.map(({ feature }) => feature), open: () => assert.fail() };
  const text = "abc 9\na 1\nb: 2\nc=3\nd\t4\nab:5 kB\n\ne none\nf 6\nf none\nf 7";
  const tree = {
    features: source.features,
    open: (place: { procRoot: string }) => openKeyedFile(join(place.procRoot, "f"), fields),
  };
  assert.deepEqual(
    [...valuesOf(tree, { "proc/f": text })],
    [
      ["g/a", 1],
      ["g/b", 2],
      ["g/c", 30],
      ["g/d", 4],
      ["g/ab", 5],
      ["g/f", 13],
    ],
  );
});
