import assert from "node:assert/strict";
import { test } from "node:test";
import { type CpuSnapshot, otherLoad, readCpuSnapshot } from "../../../src/hardware/system/other-load.js";
import { writtenTree } from "../written-tree.js";

/** The line of /proc/<pid>/stat, its fields counted as in proc(5). */
function stat(pid: number, name: string, fields: Readonly<Record<number, number>>): string {
  const rest = Array.from({ length: 50 }, (_, index) => fields[index + 3] ?? 0);
  return `${pid} (${name}) ${["S", ...rest.slice(1)].join(" ")}\n`;
}

interface Process {
  readonly name?: string;
  readonly parent?: number;
  readonly ticks?: number;
  readonly childTicks?: number;
  readonly started?: number;
  readonly cpu?: number;
}

/** A snapshot of kernel files that say so: ticks of CPU time as user and system time, half each. */
function snapshot(atMs: number, cpus: readonly string[], processes: Readonly<Record<number, Process>>): CpuSnapshot {
  const files = Object.entries(processes).map(([pid, { name = "p", parent = 1, ...more }]) => {
    const { ticks = 0, childTicks = 0, started = 5, cpu = 0 } = more;
    const times = { 14: ticks / 2, 15: ticks / 2, 16: childTicks / 2, 17: childTicks / 2 };
    return [`proc/${pid}/stat`, stat(Number(pid), name, { 4: parent, ...times, 22: started, 39: cpu })];
  });
  const lines = cpus.map((times, cpu) => `cpu${cpu} ${times}\n`);
  const tree = writtenTree({ "proc/stat": `cpu  1 2 3\n${lines.join("")}intr 5\n`, ...Object.fromEntries(files) });
  const found = readCpuSnapshot(tree.place.procRoot, atMs);
  tree.remove();
  return found;
}

/** What others did in two seconds between two snapshots, on the CPUs allowed. */
function between(
  cpus: readonly (readonly [before: string, after: string])[],
  before: Readonly<Record<number, Process>>,
  after: Readonly<Record<number, Process>>,
  allowed?: readonly number[],
) {
  const begin = snapshot(1000, cpus.map(([first]) => first), before); // biome-ignore format: one line
  const end = snapshot(3000, cpus.map(([, last]) => last), after); // biome-ignore format: one line
  const load = otherLoad(begin, end, 100, allowed);
  assert.ok(!("unknown" in load));
  return load;
}

test("others are what kept the CPUs busy beside this process and its children, ended ones included", () => {
  // Two seconds are 200 ticks of a CPU. Busy: 40 user + 10 nice + 20 system + 4 interrupts, then 100 of user: 174 in
  // all.
  const load = between(
    [
      ["10 0 0 100 5 0 0 0 0 0", "50 10 20 220 11 2 2 0 0 0"],
      ["0 0 0 900 0 0 0 100 0 0", "100 0 0 980 0 0 0 120 0 0"],
    ],
    {
      100: { ticks: 8 },
      101: { parent: 100, ticks: 6 },
      102: { parent: 101, ticks: 50 },
      104: { parent: 100 },
      105: { parent: 104, ticks: 4 },
      7: { name: "a) b", ticks: 2 },
    },
    {
      104: { parent: 100 },
      105: { parent: 104, ticks: 10 },
      100: { ticks: 18, childTicks: 60 },
      7: { name: "a) b", ticks: 82 },
      9: { name: "new", ticks: 8, started: 99 },
    },
  );
  // Its own: 10 itself, 60 − 6 − 50 of the children that ended meanwhile, and 6 of a child's child.
  assert.equal(load.otherCores, (174 - 20) / 200);
  assert.deepEqual(load.processes, [
    { name: "a) b", pids: [7], cores: 80 / 200 },
    { name: "new", pids: [9], cores: 8 / 200 },
  ]);
  assert.deepEqual([load.watchedMs, load.allowedCores], [2000, 2]);
  assert.equal(load.stolenRatio, 20 / 400);
  assert.equal(load.stolenRatioSinceStart, 120 / (315 + 1200));
});

test("stolen time that the kernel takes back is not less than none", () => {
  // biome-ignore format: one line
  const load = between([["0 0 0 100 0 0 0 900", "0 0 0 300 0 0 0 100"], ["0 0 0 100 0 0 0 0", "0 0 0 280 0 0 0 20"]], {}, {});
  assert.equal(load.stolenRatio, 20 / 400);
});

test("only the allowed cores count, and of the processes those that ran there", () => {
  const idle = "0 0 0 100 0 0 0 0";
  const load = between(
    [
      [idle, "200 0 0 100 0 0 0 0"],
      [idle, "20 0 0 280 0 0 0 0"],
    ],
    { 100: {}, 7: {}, 8: {} },
    { 100: {}, 7: { name: "there", ticks: 200, cpu: 0 }, 8: { name: "here", ticks: 20, cpu: 1 } },
    [1],
  );
  assert.deepEqual(
    [load.allowedCores, load.otherCores, load.processes],
    [1, 0.1, [{ name: "here", pids: [8], cores: 0.1 }]],
  );
});

test("processes of one name are told together, and an id that was given again is another process", () => {
  const before = {
    100: {},
    7: { name: "make", ticks: 10 },
    8: { name: "cc", parent: 7, ticks: 90 },
    9: { ticks: 500 },
  };
  const after = {
    ...{ 100: {}, 7: { name: "make", ticks: 10, childTicks: 170 }, 9: { name: "cc", ticks: 20, started: 77 } },
    10: { name: "cc", ticks: 40, started: 78 },
  };
  const busy = ["0 0 0 0 0 0 0 0", "150 0 0 50 0 0 0 0"] as const;
  assert.deepEqual(between([busy], before, after).processes, [
    { name: "make", pids: [7], cores: 0.4 },
    { name: "cc", pids: [9, 10], cores: 0.3 },
  ]);
});

test("a process is not told to have used more than there was", () => {
  const cpu = ["0 0 0 0 0 0 0 0", "20 0 0 180 0 0 0 0"] as const;
  const { processes } = between([cpu], { 100: {}, 7: {} }, { 100: {}, 7: { ticks: 60 } });
  assert.deepEqual(processes, [{ name: "p", pids: [7], cores: 0.1 }]);
});

test("a process that is gone before its file is read is none", () => {
  const tree = writtenTree({
    "proc/stat": "cpu0 1 0 0 1 0 0 0 0\n",
    "proc/8/comm": "gone\n",
    "proc/7/stat": stat(7, "p", {}),
  });
  assert.deepEqual([...readCpuSnapshot(tree.place.procRoot, 0).processes.keys()], [7]);
  tree.remove();
});

test("what children had used before they ended is not counted again when their parent gets it", () => {
  // The child had 90 of its 130 ticks before, and its parent 30 of others.
  const before = { 100: {}, 7: { ticks: 10, childTicks: 30 }, 8: { parent: 7, ticks: 90 } };
  const after = { 100: {}, 7: { ticks: 15, childTicks: 160 } };
  const { processes } = between([["0 0 0 0 0 0 0 0", "150 0 0 50 0 0 0 0"]], before, after);
  assert.deepEqual(processes, [{ name: "p", pids: [7], cores: (5 + 160 - 30 - 90) / 200 }]);
});

test("a look that is too short, or has no /proc/stat, says so", () => {
  const one = snapshot(0, ["0 0 0 1 0 0 0 0"], {});
  assert.deepEqual(otherLoad(one, { ...one, atMs: 99 }, 100, [0]), { unknown: "99 ms are too short a look" });
  const none = { unknown: "no /proc/stat that tells of the allowed cores" };
  assert.deepEqual(otherLoad(one, { ...one, atMs: 900 }, 100, [4]), none);
  assert.deepEqual(otherLoad(readCpuSnapshot("/nowhere", 0), readCpuSnapshot("/nowhere", 900), 100, undefined), none);
});
