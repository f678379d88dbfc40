import assert from "node:assert/strict";
import { test } from "node:test";
import { readCores, readCpuSettings } from "../../../src/hardware/system/cpu-facts.js";
import { fixturePlace } from "../fixture-values.js";
import { writtenTree } from "../written-tree.js";

test("cores are those allowed, with the CPUs that share one of them", (context) => {
  const cpus = "sys/devices/system/cpu";
  const tree = writtenTree({
    "proc/100/status": "Name:\tx\nCpus_allowed_list:\t0-1,4\nMems_allowed_list:\t0\n",
    [`${cpus}/online`]: "0-7\n",
    [`${cpus}/cpu0/topology/core_cpus_list`]: "0,4\n",
    [`${cpus}/cpu1/topology/thread_siblings_list`]: "1\n",
    [`${cpus}/cpu4/topology/core_cpus_list`]: "0,4\n",
  });
  context.after(tree.remove);
  assert.deepEqual(readCores(tree.place), { allowed: [0, 1, 4], online: 8, siblings: ["0,4"] });
});

test("governor and turbo are those of the files that the machine has", () => {
  // Oracle: cat of the files in test/fixtures/proc/linux-4.19, which has no turbo.
  const { governors, turbo } = readCpuSettings(fixturePlace("linux-4.19"));
  assert.deepEqual(governors, ["performance", "powersave"]);
  assert.ok(typeof turbo === "object");
  const turboOf = (path: string, text: string) => {
    const tree = writtenTree({ [`sys/devices/system/cpu/${path}`]: text });
    const settings = readCpuSettings(tree.place);
    tree.remove();
    return settings.turbo;
  };
  assert.deepEqual([turboOf("intel_pstate/no_turbo", "0\n"), turboOf("intel_pstate/no_turbo", "1\n")], [true, false]);
  assert.deepEqual([turboOf("cpufreq/boost", "1\n"), turboOf("cpufreq/boost", "0\n")], [true, false]);
});

test("a machine that shows nothing says what is missing", () => {
  const place = fixturePlace("empty");
  const cores = readCores(place);
  assert.ok("unknown" in cores && cores.unknown.endsWith("/proc/100/status"), JSON.stringify(cores));
  const { governors, turbo } = readCpuSettings(place);
  const why = { unknown: "this machine shows no CPU clocks, as most virtual machines do" };
  assert.deepEqual([governors, turbo], [why, why]);
});
