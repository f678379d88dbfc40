import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { arch, cpus, hostname, release } from "node:os";
import { test } from "node:test";
import { describeMachine } from "../../src/hardware/machine.js";

const linuxOnly = { skip: process.platform !== "linux" && "reads the kernel files of Linux" };

test("a machine is described as /proc and Node see it, and nothing in it names the machine", linuxOnly, async () => {
  const machine = await describeMachine();
  const [, totalKib = ""] = /^MemTotal:\s+(\d+)/m.exec(readFileSync("/proc/meminfo", "utf8")) ?? [];
  const [, swapKib = ""] = /^SwapTotal:\s+(\d+)/m.exec(readFileSync("/proc/meminfo", "utf8")) ?? [];
  const cpuinfo = readFileSync("/proc/cpuinfo", "utf8");
  assert.equal(machine.memoryMib, Math.round(Number(totalKib) / 1024));
  assert.equal(machine.swapMib, Math.round(Number(swapKib) / 1024));
  assert.equal(machine.logicalCores, cpus().length);
  assert.ok(machine.physicalCores >= 1 && machine.physicalCores <= machine.logicalCores);
  assert.equal(machine.architecture, arch());
  assert.equal(machine.kernel, release());
  const [, vendor] = /^vendor_id\s*:\s*(\S+)/m.exec(cpuinfo) ?? [];
  if (vendor !== undefined) assert.ok(machine.cpuVendor !== "" && vendor.includes(machine.cpuVendor)); // AuthenticAMD
  assert.match(machine.cpuModel, /\S/);
  assert.equal(machine.cpuModel, machine.cpuModel.trim());
  const isVirtual = /^flags\s*:.*\bhypervisor\b/m.test(cpuinfo);
  if (isVirtual) assert.notEqual(machine.virtualisation, "none");
  for (const key of ["baseFrequencyGhz", "l3CacheMib", "governor", "memoryLimitMib", "cpuLimitCores"] as const) {
    if (key in machine) assert.ok(machine[key], `${key} is there only where it is known`);
  }
  if (machine.memoryLimitMib !== undefined) assert.ok(machine.memoryLimitMib <= 2 ** 42);
  if (hostname().length > 8) assert.ok(!JSON.stringify(machine).includes(hostname()));
});
