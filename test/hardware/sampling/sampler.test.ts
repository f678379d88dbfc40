import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { featureGroup } from "../../../src/hardware/reading/feature-group.js";
import type { Place, Source } from "../../../src/hardware/reading/source.js";
import { type SampleBlock, startSampler } from "../../../src/hardware/sampling/sampler.js";

const group = featureGroup("g", "machine", "test");

/** Counts its readings; it has a counter, so that a rate follows. */
function countingSource() {
  const seen: { opened: Place[]; closed: number; reads: number } = { opened: [], closed: 0, reads: 0 };
  const source: Source = {
    features: [group.gauge("reads", "1", "", "Readings."), group.counter("twice", "1", "", "Twice as many.")],
    open(place) {
      seen.opened.push(place);
      return {
        read(values, at) {
          values[at] = ++seen.reads;
          values[at + 1] = 2 * seen.reads;
        },
        problem: () => undefined,
        close: () => {
          seen.closed++;
        },
      };
    },
  };
  return { seen, source };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await nextTurn();
}

test("the end of a watch says what could not be read, and why", async () => {
  let reads = 0;
  const source: Source = {
    features: [group.gauge("a", "1", "", "Never there."), group.gauge("b", "1", "", "Nor this.")],
    open: () => ({
      read(values, at) {
        reads++;
        values.fill(Number.NaN, at, at + 2);
      },
      problem: () => "not here",
      close() {},
    }),
  };
  const sampler = startSampler([source], { procRoot: "/p", sysRoot: "/s" }, 0.05, () => {});
  sampler.watch(42);
  await until(() => reads >= 2);
  assert.deepEqual(sampler.unwatch(), [
    { name: "g/a", reason: "not here" },
    { name: "g/b", reason: "not here" },
  ]);
  assert.deepEqual(sampler.unwatch(), [], "nothing is watched any more");
});

test("samples are handed over in blocks of 500, none is lost, and the rest comes when the watch ends", async () => {
  const { seen, source } = countingSource();
  const blocks: SampleBlock[] = [];
  const sampler = startSampler([source], { procRoot: "/p", sysRoot: "/s" }, 0.05, (block) => blocks.push(block));
  sampler.watch(42);
  assert.equal(seen.reads, 1, "the first sample is taken at once");
  assert.deepEqual(seen.opened, [{ procRoot: "/p", sysRoot: "/s", pid: 42 }]);
  await until(() => seen.reads >= 510);
  assert.equal(blocks[0]?.timesMs.length, 500);
  assert.deepEqual(sampler.unwatch(), []);
  assert.equal(blocks.length, 2);
  assert.equal(seen.closed, 1);
  const times = blocks.flatMap(({ timesMs }) => [...timesMs]);
  const rows = blocks.flatMap(({ timesMs, values }) =>
    Array.from(timesMs, (_, index) => [...values.subarray(index * 3, (index + 1) * 3)]),
  );
  assert.equal(times.length, seen.reads);
  for (const [index, [reads, twice, rate = 0]] of rows.entries()) {
    assert.deepEqual([reads, twice], [index + 1, 2 * (index + 1)]);
    const elapsedMs = (times[index] ?? 0) - (times[index - 1] ?? Number.NaN);
    if (index > 0) assert.ok(Math.abs((rate * elapsedMs) / 2000 - 1) < 1e-6, `${rate} per second in ${elapsedMs} ms`);
  }
  const after = seen.reads;
  for (let turn = 0; turn < 20; turn++) await nextTurn();
  assert.equal(seen.reads, after, "nothing is read after the watch");
});

test("a watch that begins while another one runs takes its place, and its samples with it", async () => {
  const { seen, source } = countingSource();
  const blocks: SampleBlock[] = [];
  const sampler = startSampler([source], { procRoot: "/p", sysRoot: "/s" }, 1, (block) => blocks.push(block));
  sampler.watch(1);
  await until(() => seen.reads >= 3);
  sampler.watch(2);
  const first = seen.reads;
  assert.equal(seen.closed, 1);
  await until(() => seen.reads >= first + 2);
  sampler.unwatch();
  const [block] = blocks;
  assert.equal(block?.values[0], first, "the samples of the first watch are gone");
  assert.equal(blocks.flatMap(({ timesMs }) => [...timesMs]).length, seen.reads - first + 1);
});
