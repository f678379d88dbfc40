import assert from "node:assert/strict";
import { test } from "node:test";
import { counterGrowth } from "../../../src/hardware/reading/counter-growth.js";
import { memberSums, type Newcomer } from "../../../src/hardware/reading/member-sums.js";

const FAST = { mostPerS: 1000 };

/** The sums after each read: what each member counts, a second apart. */
function sumsOf(newcomer: Newcomer, reads: readonly Record<string, number>[], counter = FAST): number[] {
  const sums = memberSums([counter], newcomer);
  return reads.map((members, read) => {
    sums.begin(read === 0 ? Number.NaN : 1000);
    for (const [name, count] of Object.entries(members)) sums.add(name, [count]);
    const values = new Float64Array(1);
    sums.end(values, 0);
    return values[0] ?? Number.NaN;
  });
}

test("members that join count from their first sight on, and those that leave up to their last", () => {
  const reads = [{ a: 10 }, { a: 11, b: 5000 }, { a: 12, b: 5007 }, { b: 5008 }, { b: 5009 }];
  assert.deepEqual(sumsOf("is new", reads), [10, 11, 19, 20, 21]);
});

test("a member that returns is a new one, or goes on if it can only have counted since", () => {
  const reads = [{ a: 1, b: 100 }, { a: 2 }, { a: 3, b: 150 }, { a: 4, b: 151 }];
  assert.deepEqual(sumsOf("is new", reads), [101, 102, 103, 105]);
  assert.deepEqual(sumsOf("was away", reads), [101, 102, 153, 155]);
  const reborn = [{ a: 1, b: 100 }, { a: 2 }, { a: 3, b: 90_000 }, { a: 4, b: 5 }, { a: 5, b: 6 }];
  assert.deepEqual(sumsOf("was away", reborn), [101, 102, 103, Number.NaN, 106], "more than it can have counted");
});

test("a member that was born since counts from 0, unless it can't have counted so much since", () => {
  assert.deepEqual(sumsOf("was born", [{ a: 10 }, { a: 10, b: 7 }, { a: 10, b: 8, c: 1e9 }]), [10, 17, 18]);
});

test("a sum of which one member's part is not known is none, and goes on from there", () => {
  const reads = [
    { a: 10, b: 10 },
    { a: 11, b: Number.NaN },
    { a: 12, b: 13 },
    { a: 13, b: 14 },
  ];
  assert.deepEqual(sumsOf("is new", reads), [20, Number.NaN, 25, 27]);
  const setBack = [{ a: 100 }, { a: 3 }, { a: 5 }];
  assert.deepEqual(sumsOf("is new", setBack), [100, Number.NaN, 102]);
  assert.deepEqual(sumsOf("is new", [{ a: 1 }, { a: 1e6 }, { a: 1e6 + 1 }]), [1, Number.NaN, 2], "beyond the hardware");
});

test("members that do not count are followed, and one that is added twice counts once", () => {
  const sums = memberSums([FAST], "is new");
  const values = new Float64Array(3).fill(-1);
  const read = (elapsedMs: number, a: number, b: number, counted: boolean) => {
    sums.begin(elapsedMs);
    sums.add("a", [a]);
    sums.add("a", [a + 500]);
    assert.equal(sums.growth[0], 0);
    sums.add("b", [b], counted);
    sums.end(values, 1);
    return values[1];
  };
  assert.equal(read(Number.NaN, 1, 100, false), 1);
  assert.equal(read(1000, 2, 110, false), 2);
  assert.equal(read(1000, 3, 120, true), 13);
  assert.deepEqual([values[0], values[2]], [-1, -1]);
});

test("a read that failed makes the next interval longer", () => {
  const sums = memberSums([FAST], "is new");
  const values = new Float64Array(1);
  sums.begin(Number.NaN);
  sums.add("a", [0]);
  sums.end(values, 0);
  sums.begin(10_000); // the file could not be read
  sums.begin(1000);
  sums.add("a", [9000]);
  sums.end(values, 0);
  assert.equal(values[0], 9000);
});

test("counters wrap at their range, fall where they are estimates, and are unknown where they were set back", () => {
  const counter = { mostPerS: 1e6, range: 2 ** 32 };
  assert.equal(counterGrowth(counter, 4294967290, 94, 1000), 100);
  assert.ok(Number.isNaN(counterGrowth(counter, 3_000_000_000, 94, 1000)), "a wrap can't be so far");
  assert.ok(Number.isNaN(counterGrowth({ mostPerS: 1e6 }, 4294967290, 94, 1000)));
  assert.equal(counterGrowth({ mostPerS: 1e6, corrected: true }, 50, 40, 1000), 0);
  assert.ok(Number.isNaN(counterGrowth(counter, Number.NaN, 94, 1000)));
  // 1.1 of the interval and a second that is booked late.
  assert.equal(counterGrowth({ mostPerS: 100 }, 0, 210, 1000), 210);
  assert.ok(Number.isNaN(counterGrowth({ mostPerS: 100 }, 0, 211, 1000)));
});
