import assert from "node:assert/strict";
import { test } from "node:test";
import { busyNotes } from "../../../src/hardware/system/busy-notes.js";
import type { GpuFacts } from "../../../src/hardware/system/gpu-facts.js";
import { judgeSystem } from "../../../src/hardware/system/judge-system.js";
import type { SystemFacts } from "../../../src/hardware/system/system-facts.js";
import { withoutNames } from "../../../src/hardware/system/without-names.js";
import { QUIET, quietBut } from "./quiet-facts.js";

function checkOf(facts: SystemFacts, name: string) {
  const found = judgeSystem(facts).checks.find((check) => check.name === name);
  assert.ok(found, name);
  return found;
}

test("a quiet machine that is set up for it is good, in every check, and nothing is to be done", () => {
  const { verdict, summary, checks } = judgeSystem(QUIET);
  assert.deepEqual([verdict, summary], ["good", "good for measuring: nothing disturbs it now"]);
  assert.equal(checks.length, 14);
  for (const check of checks) assert.deepEqual([check.verdict, check.remedy], ["good", undefined], check.name);
  assert.deepEqual(busyNotes({ checks }), []);
});

/** What is changed of the quiet machine, the check that shows it, and its verdict. */
const THRESHOLDS: [facts: SystemFacts, name: string, verdict: string][] = [
  // Of four cores: a quarter of one, and one of them.
  [quietBut("load", { otherCores: 0.25 }), "other load", "good"],
  [quietBut("load", { otherCores: 0.26 }), "other load", "caution"],
  [quietBut("load", { otherCores: 1 }), "other load", "caution"],
  [quietBut("load", { otherCores: 1.01 }), "other load", "bad"],
  // A busy loop on one of two cores, and on the only one.
  [quietBut("load", { otherCores: 1, allowedCores: 2 }), "other load", "bad"],
  [quietBut("load", { otherCores: 0.3, allowedCores: 1 }), "other load", "bad"],
  [quietBut("slices", { waitedRatio: 0.05 }), "waiting", "good"],
  [quietBut("slices", { waitedRatio: 0.051 }), "waiting", "caution"],
  [quietBut("slices", { waitedRatio: 0.33, lostRatio: 0.35 }), "waiting", "bad"],
  [quietBut("load", { stolenRatio: 0.02 }), "stolen time", "good"],
  [quietBut("load", { stolenRatio: 0.03 }), "stolen time", "caution"],
  [quietBut("load", { stolenRatio: 0.11 }), "stolen time", "bad"],
  [quietBut("slices", { lostRatio: 0.1 }), "lost time", "good"],
  [quietBut("slices", { lostRatio: 0.11 }), "lost time", "caution"],
  [quietBut("slices", { lostRatio: 0.27 }), "lost time", "bad"],
  // What was waited for or is counted as stolen is no riddle.
  [quietBut("slices", { lostRatio: 0.5, waitedRatio: 0.48 }), "lost time", "good"],
  [{ ...quietBut("slices", { lostRatio: 0.27 }), load: { ...loadOf(QUIET), stolenRatio: 0.22 } }, "lost time", "good"],
  [quietBut("memory", { availableMib: 1600 }), "memory", "good"],
  [quietBut("memory", { availableMib: 1599 }), "memory", "caution"],
  [quietBut("swap", { totalMib: 4000, usedMib: 800 }), "swap", "good"],
  [quietBut("swap", { totalMib: 4000, usedMib: 801 }), "swap", "caution"],
  [quietBut("swap", { totalMib: 4000, movedPages: 1 }), "swap", "bad"],
  [quietBut("heat", { hottestC: 90 }), "heat", "good"],
  [quietBut("heat", { hottestC: 91 }), "heat", "caution"],
  [quietBut("heat", { throttles: 1 }), "heat", "bad"],
  [quietBut("cores", { allowed: [2] }), "cores", "caution"],
  [quietBut("cores", { siblings: ["0-1", "2-3"] }), "smt siblings", "caution"],
  [quietBut("limits", { cpuCores: 4 }), "limits", "good"],
  [quietBut("limits", { cpuCores: 3.5 }), "limits", "caution"],
  [quietBut("limits", { cpuCores: 4, throttledPeriods: 1 }), "limits", "bad"],
  [quietBut("clock", { governors: ["performance", "powersave"] }), "governor", "caution"],
  [quietBut("clock", { turbo: true }), "turbo", "caution"],
  [{ ...QUIET, hugePages: "never" }, "huge pages", "good"],
  [{ ...QUIET, hugePages: "always" }, "huge pages", "caution"],
  // The two hosts of one processor: 2 µs and 10 µs.
  [quietBut("touch", { usPerPage: [9.3, 10], medianUsPerPage: 9.7 }), "fresh page", "caution"],
  [quietBut("touch", { usPerPage: [2, 4], medianUsPerPage: 3 }), "fresh page", "good"],
  [quietBut("touch", { usPerPage: [2, 4.1], medianUsPerPage: 3 }), "fresh page", "caution"],
];

test("a check's verdict changes beyond its threshold, the other ones do not, and what is not good has a remedy", () => {
  for (const [facts, name, verdict] of THRESHOLDS) {
    const found = checkOf(facts, name);
    assert.equal(found.verdict, verdict, `${name}: ${found.found}`);
    assert.equal(found.remedy !== undefined, verdict !== "good", name);
    const others = judgeSystem(facts).checks.filter((check) => check.verdict !== "good" && check.name !== name);
    const expected = name === "waiting" || name === "lost time" ? /^(waiting|lost time|stolen time)$/ : /^$/;
    for (const other of others) assert.match(other.name, expected, `${name} changed ${other.name}`);
  }
});

test("a dear page is the machine's where nothing else runs, and may be the moment's beside other work", () => {
  const dear = quietBut("touch", { usPerPage: [9.3, 10], medianUsPerPage: 9.7 });
  assert.deepEqual([checkOf(dear, "fresh page").about, judgeSystem(dear).verdict], ["machine", "good"]);
  const busy = { ...dear, load: { ...loadOf(QUIET), otherCores: 0.5 } };
  const { about, found } = checkOf(busy, "fresh page");
  assert.deepEqual([about, found], ["moment", "9.7 µs for 4 KiB, beside other work"]);
  const price = (faultsPerPage: number) => checkOf(quietBut("touch", { faultsPerPage }), "fresh page").found;
  assert.deepEqual([1, 1 / 512, 0].map(price), [
    "2.1 µs for 4 KiB",
    "2.1 µs for 4 KiB, in huge pages",
    "2.1 µs for 4 KiB",
  ]);
});

test("the verdict is that of the moment: what only calls for caution at any time is named, and does not count", () => {
  const usual = { ...QUIET, clock: { governors: ["powersave"], turbo: true }, hugePages: "always" };
  const { verdict, summary } = judgeSystem(usual);
  assert.equal(verdict, "good");
  assert.equal(summary, "good for measuring: nothing disturbs it now; at any time: governor, turbo, huge pages");
  assert.equal(judgeSystem({ ...usual, limits: { cpuCores: 1, throttledPeriods: 3 } }).verdict, "bad");
  const busy = judgeSystem({ ...usual, load: { ...loadOf(QUIET), otherCores: 2, stolenRatio: 0.02 } });
  assert.equal(busy.summary, "bad for measuring now: other load; at any time: governor, turbo, huge pages");
});

test("other load is told by name, busiest first, with what can't be seen, and a sweep says the worst three", () => {
  const load = {
    ...loadOf(QUIET),
    otherCores: 2.4,
    stolenRatio: 0.02,
    processes: [
      { name: "cc1plus", pids: [11, 12, 15], cores: 1.5 },
      { name: "firefox", pids: [7], cores: 0.5 },
    ],
  };
  const slices = { ...QUIET.slices, lostRatio: 0.6, waitedRatio: 0.4 };
  const swap = { totalMib: 4000, usedMib: 100, movedPages: 20 };
  const judged = judgeSystem({ ...QUIET, load, slices, swap });
  assert.deepEqual(busyNotes(judged), [
    "machine: other load: bad: 2.40 of 4 cores: cc1plus 1.50 (3 processes), firefox 0.50 (process 7), " +
      "0.40 that can't be seen or has ended; stop it, or measure when it has ended",
    "machine: waiting: bad: a loop waited for a core in 40.0 % of its time; " +
      "stop what competes for the cores, or give it others (taskset)",
    "machine: swap: bad: 20 pages moved just now; free memory, or switch swap off (swapoff --all)",
  ]);
});

test("a check without names says as much of the load, and not who it was", () => {
  const processes = [{ name: "secret-project", pids: [4711], cores: 1.9 }];
  const facts = quietBut("load", { otherCores: 2, processes });
  const named = { ...judgeSystem(facts), lookedMs: 1500, cpuMs: 600, facts };
  assert.match(JSON.stringify(named), /secret-project.*4711/);
  const nameless = withoutNames(named);
  assert.doesNotMatch(JSON.stringify(nameless), /secret-project|4711/);
  const loadOfCheck = ({ checks }: typeof named) => checks.find(({ name }) => name === "other load");
  const { found, ...rest } = loadOfCheck(named) ?? { found: "" };
  assert.match(found, /^2\.00 of 4 cores: /);
  assert.deepEqual(loadOfCheck(nameless), { ...rest, found: "2.00 of 4 cores" });
  assert.deepEqual([nameless.summary, nameless.lookedMs], [named.summary, 1500]);
});

test("what can't be known says why and does not make a machine bad or good", () => {
  const why = { unknown: "there is none here" };
  const hidden: SystemFacts = {
    ...QUIET,
    ...{ cores: why, limits: why, memory: why, hugePages: why, swap: why, load: why, heat: why },
    clock: { governors: why, turbo: why },
  };
  const { verdict, summary, checks } = judgeSystem(hidden);
  assert.equal(verdict, "good", "the loop and the touches say something anywhere");
  const unknown = checks.filter((check) => check.verdict === "unknown");
  assert.equal(unknown.length, 11);
  for (const { name, found } of unknown) assert.equal(found, "there is none here", name);
  assert.match(summary, /; can't be known: other load, stolen time, memory, swap, heat, cores, smt siblings, limits, /);
  const { waitedRatio: _, ...slices } = QUIET.slices;
  assert.equal(checkOf({ ...QUIET, slices }, "waiting").verdict, "unknown");
  assert.equal(checkOf({ ...QUIET, slices: { ...slices, lostRatio: 0.3 } }, "lost time").verdict, "bad");
});

test("a GPU is judged by its clocks, its driver and what it does", () => {
  const quiet: GpuFacts = {
    ...{ smClockMhz: 1980, smClockMaxMhz: 1980, clocksHeld: true, idle: false, persistenceMode: true },
    ...{ utilisationPercent: 0, processes: 0, temperatureC: 30, throttledBy: [] },
  };
  const verdicts = (change: Partial<GpuFacts>) => {
    const { verdict, checks } = judgeSystem({ ...QUIET, gpus: [quiet, { ...quiet, ...change }] });
    return [...checks.filter(({ name }) => name.startsWith("gpu1")).map((check) => check.verdict), verdict];
  };
  assert.deepEqual(verdicts({}), ["good", "good", "good", "good"]);
  assert.deepEqual(verdicts({ clocksHeld: false }), ["caution", "good", "good", "good"]);
  assert.deepEqual(verdicts({ clocksHeld: false, idle: true }), ["unknown", "good", "good", "good"]);
  assert.deepEqual(verdicts({ clocksHeld: undefined }), ["unknown", "good", "good", "good"]);
  assert.deepEqual(verdicts({ persistenceMode: false }), ["good", "caution", "good", "good"]);
  assert.deepEqual(verdicts({ persistenceMode: undefined }), ["good", "unknown", "good", "good"]);
  assert.deepEqual(verdicts({ utilisationPercent: 6 }), ["good", "good", "caution", "caution"]);
  assert.deepEqual(verdicts({ utilisationPercent: 60 }), ["good", "good", "bad", "bad"]);
  assert.deepEqual(verdicts({ throttledBy: ["thermal_software"] }), ["good", "good", "bad", "bad"]);
  assert.deepEqual(verdicts({ utilisationPercent: undefined }), ["good", "good", "unknown", "good"]);
});

function loadOf({ load }: SystemFacts) {
  assert.ok(!("unknown" in load));
  return load;
}
