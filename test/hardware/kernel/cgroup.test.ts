import assert from "node:assert/strict";
import { totalmem } from "node:os";
import { test } from "node:test";
import { cgroup, readCgroupLimits } from "../../../src/hardware/kernel/cgroup.js";
import {
  cpuQuotaCores,
  outOfMemoryKills,
  ownMemoryMib,
  usableThreads,
} from "../../../src/hardware/kernel/own-limits.js";
import { allowedCores } from "../../../src/processes/pinning.js";
import { readBetween, valuesOf, writtenTree } from "../written-tree.js";

const V2 = { "proc/100/cgroup": "0::/a/b\n", "sys/fs/cgroup/cgroup.controllers": "cpu memory pids\n" };
const MIB = 1024 * 1024;

function limitsOf(files: Readonly<Record<string, string>>) {
  const tree = writtenTree(files);
  const limits = readCgroupLimits(tree.place);
  tree.remove();
  return limits;
}

test("of the limits along a control group's path the smallest counts, wherever it stands", () => {
  const at = (root: string, a: string, b: string) => ({
    "sys/fs/cgroup/memory.max": root,
    "sys/fs/cgroup/a/memory.max": a,
    "sys/fs/cgroup/a/b/memory.max": b,
  });
  const sizes = [4, 1, 2].map((size) => `${size * MIB}\n`);
  const [large = "", small = "", middle = ""] = sizes;
  for (const order of [
    [large, small, middle],
    [small, middle, large],
    [middle, large, small],
    ["max\n", small, "max\n"],
  ]) {
    assert.deepEqual(limitsOf({ ...V2, ...at(order[0] ?? "", order[1] ?? "", order[2] ?? "") }), { memoryKib: 1024 });
  }
  assert.deepEqual(limitsOf({ ...V2, ...at("max\n", "max\n", "max\n") }), {});
  const cpu = {
    "sys/fs/cgroup/a/cpu.max": "50000 100000\n",
    "sys/fs/cgroup/a/b/cpu.max": "300000 200000\n",
    "sys/fs/cgroup/a/pids.max": "70\n",
    "sys/fs/cgroup/a/b/pids.max": "60\n",
  };
  assert.deepEqual(limitsOf({ ...V2, ...cpu }), { cpuCores: 0.5, processes: 60 });
  assert.deepEqual(limitsOf({ ...V2, "sys/fs/cgroup/a/b/cpu.max": "max 100000\n" }), {});
});

test("in the old layout each controller has a tree and a limit of its own", () => {
  const files = {
    "proc/100/cgroup": "9:memory:/box\n8:cpu,cpuacct:/box\n7:pids:/box\n1:name=systemd:/\n0::/\n",
    "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    "sys/fs/cgroup/memory/box/memory.limit_in_bytes": `${3 * MIB}\n`,
    "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
    "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
    "sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us": "250000\n",
    "sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us": "100000\n",
    "sys/fs/cgroup/cpu,cpuacct/box/cpuacct.usage": "7000000000\n",
    "sys/fs/cgroup/cpu,cpuacct/box/cpu.stat": "nr_periods 11\nnr_throttled 4\nthrottled_time 1500000000\n",
    "sys/fs/cgroup/pids/box/pids.max": "max\n",
    "sys/fs/cgroup/pids/box/pids.current": "5\n",
  };
  assert.deepEqual(limitsOf(files), { memoryKib: 3072, cpuCores: 2.5 });
  assert.deepEqual(
    [...valuesOf(cgroup, files)],
    [
      ["cgroup/cpu_s", 7],
      ["cgroup/periods", 11],
      ["cgroup/throttled_periods", 4],
      ["cgroup/throttled_s", 1.5],
      ["cgroup/processes", 5],
      ["cgroup/memory_limit_kib", 3072],
      ["cgroup/cpu_limit_cores", 2.5],
    ],
  );
  const unlimited = { "sys/fs/cgroup/memory/box/memory.limit_in_bytes": "9223372036854771712\n" };
  assert.deepEqual(limitsOf({ "proc/100/cgroup": "9:memory:/box\n", ...unlimited }), {}, "near 2^63 is no limit");
  // A controller that is mounted under its own name only.
  const alone = { "proc/100/cgroup": "8:cpu,cpuacct:/\n", "sys/fs/cgroup/cpuacct/cpuacct.usage": "2000000000\n" };
  assert.deepEqual([...valuesOf(cgroup, alone)], [["cgroup/cpu_s", 2]]);
  // Both layouts side by side: what has no tree of the old one is read in the new one.
  const hybrid = {
    "proc/100/cgroup": "9:memory:/box\n0::/unit\n",
    "sys/fs/cgroup/memory/box/memory.usage_in_bytes": `${MIB}\n`,
    "sys/fs/cgroup/unified/cgroup.controllers": "cpu pids\n",
    "sys/fs/cgroup/unified/unit/pids.current": "8\n",
  };
  assert.deepEqual(
    [...valuesOf(cgroup, hybrid)],
    [
      ["cgroup/memory_kib", 1024],
      ["cgroup/processes", 8],
    ],
  );
});

test("every number of the new layout arrives, and again at the next read", () => {
  const tree = writtenTree({
    ...V2,
    "sys/fs/cgroup/a/b/memory.current": `${2 * MIB}\n`,
    "sys/fs/cgroup/a/b/memory.peak": `${5 * MIB}\n`,
    "sys/fs/cgroup/a/b/memory.swap.current": "3072\n",
    "sys/fs/cgroup/a/b/memory.events": "low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\noom_group_kill 6\n",
    "sys/fs/cgroup/a/b/cpu.stat": "usage_usec 2500000\nnr_periods 40\nnr_throttled 7\nthrottled_usec 350000\n",
    "sys/fs/cgroup/a/b/pids.current": "12\n",
    "sys/fs/cgroup/a/b/pids.max": "64\n",
  });
  const reader = cgroup.open(tree.place);
  const expected = {
    "cgroup/memory_kib": 2048,
    "cgroup/memory_peak_kib": 5120,
    "cgroup/swap_kib": 3,
    "cgroup/memory_limit_hits": 3,
    "cgroup/oom_kills": 5,
    "cgroup/cpu_s": 2.5,
    "cgroup/periods": 40,
    "cgroup/throttled_periods": 7,
    "cgroup/throttled_s": 0.35,
    "cgroup/processes": 12,
    "cgroup/processes_limit": 64,
  };
  const rounded = (found: Map<string, number>) =>
    Object.fromEntries([...found].map(([name, value]) => [name, Math.round(value * 1e9) / 1e9]));
  assert.deepEqual(rounded(readBetween(cgroup, reader)), expected);
  assert.equal(reader.problem(), undefined);
  tree.write({ "sys/fs/cgroup/a/b/pids.current": "13\n" });
  assert.deepEqual(rounded(readBetween(cgroup, reader)), { ...expected, "cgroup/processes": 13 });
  reader.close();
  tree.remove();
});

test("in a container, where the group's path is not visible, the mount's root stands in", () => {
  for (const path of ["/../host", "/elsewhere"]) {
    const files = {
      "proc/100/cgroup": `0::${path}\n`,
      "sys/fs/cgroup/cgroup.controllers": "memory\n",
      "sys/fs/cgroup/memory.current": `${MIB}\n`,
      "sys/fs/cgroup/memory.max": `${8 * MIB}\n`,
      "sys/fs/host/memory.max": `${MIB}\n`,
    };
    assert.deepEqual(
      [...valuesOf(cgroup, files)],
      [
        ["cgroup/memory_kib", 1024],
        ["cgroup/memory_limit_kib", 8192],
      ],
      path,
    );
  }
  const tree = writtenTree({ "proc/100/cgroup": "0::/\n" });
  const reader = cgroup.open(tree.place);
  assert.equal(readBetween(cgroup, reader).size, 0);
  assert.equal(reader.problem(), "the process is in no control group that can be read");
  tree.remove();
});

test("hits of a limit and kills are counted on the whole path, of the group itself where the kernel tells no more", () => {
  const events = (max: number, kills: number) => `low 0\nhigh 0\nmax ${max}\noom 9\noom_kill ${kills}\n`;
  const local = {
    ...V2,
    "sys/fs/cgroup/a/memory.events": events(900, 900), // of its other groups, too
    "sys/fs/cgroup/a/memory.events.local": events(30, 0),
    "sys/fs/cgroup/a/b/memory.events": events(2, 1),
    "sys/fs/cgroup/a/b/memory.events.local": events(2, 1),
  };
  const hits = (files: Readonly<Record<string, string>>) => {
    const found = valuesOf(cgroup, files);
    return [found.get("cgroup/memory_limit_hits"), found.get("cgroup/oom_kills")];
  };
  assert.deepEqual(hits(local), [32, 1]);
  assert.deepEqual(hits({ ...V2, "sys/fs/cgroup/a/b/memory.events": events(2, 1) }), [2, 1], "before Linux 5.2");
  const old = {
    "proc/100/cgroup": "9:memory:/box/inner\n",
    "sys/fs/cgroup/memory/box/memory.failcnt": "5\n",
    "sys/fs/cgroup/memory/box/inner/memory.failcnt": "1\n",
    "sys/fs/cgroup/memory/box/inner/memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n",
  };
  assert.deepEqual(hits(old), [6, 3]);
  const tree = writtenTree({ ...local, "proc/vmstat": "nr_free_pages 1\noom_kill 7\n" });
  assert.equal(outOfMemoryKills(tree.place), 8);
  tree.remove();
});

test("threads and memory of a process are what the smallest limit on its path leaves, and one thread at least", () => {
  const v1 = (outer: string, inner: string) => ({
    "proc/100/cgroup": "8:cpu:/box/inner\n9:memory:/box/inner\n",
    "sys/fs/cgroup/cpu/box/cpu.cfs_quota_us": outer,
    "sys/fs/cgroup/cpu/box/cpu.cfs_period_us": "100000\n",
    "sys/fs/cgroup/cpu/box/inner/cpu.cfs_quota_us": inner,
    "sys/fs/cgroup/cpu/box/inner/cpu.cfs_period_us": "100000\n",
    "sys/fs/cgroup/memory/box/memory.limit_in_bytes": `${64 * MIB}\n`,
    "sys/fs/cgroup/memory/box/inner/memory.limit_in_bytes": "9223372036854771712\n",
  });
  const v2 = (outer: string, inner: string) => ({
    ...V2,
    "sys/fs/cgroup/a/cpu.max": `${outer} 100000\n`,
    "sys/fs/cgroup/a/b/cpu.max": `${inner} 100000\n`,
    "sys/fs/cgroup/a/memory.max": `${64 * MIB}\n`,
  });
  const cores = allowedCores().length;
  for (const layout of [v1, v2]) {
    for (const [outer, inner, quota, threads] of [
      ["150000", "900000", 1.5, 1], // of the parent
      ["900000", "100000", 1, 1],
      ["900000", "20000", 0.2, 1],
      ["900000", "900000", 9, Math.min(9, cores)],
    ] as const) {
      const tree = writtenTree(layout(outer, inner));
      assert.equal(cpuQuotaCores(tree.place), quota);
      assert.equal(usableThreads(tree.place), threads);
      assert.equal(ownMemoryMib(tree.place), 64);
      tree.remove();
    }
  }
  const free = writtenTree({});
  assert.equal(cpuQuotaCores(free.place), undefined);
  assert.equal(usableThreads(free.place), cores);
  assert.equal(ownMemoryMib(free.place), totalmem() / MIB);
  free.remove();
});
