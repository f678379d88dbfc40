import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { systemLines } from "../../../pipeline/commands/system-command.js";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { judgeSystem } from "../../../src/hardware/system/judge-system.js";
import { QUIET, quietBut } from "../../hardware/system/quiet-facts.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const linuxOnly = { skip: process.platform !== "linux" && "reads the kernel files of Linux" };

test("system check --json says of this machine what was found, the verdicts and how long it looked", linuxOnly, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, "system", "check", "--json"], {
    encoding: "utf8",
  });
  assert.deepEqual([status, stderr], [0, ""]);
  const { verdict, summary, looked_ms: lookedMs, cpu_ms: cpuMs, checks, facts } = JSON.parse(stdout);
  // Oracle: what the kernel says of the machine.
  const [, totalKib = ""] = /^MemTotal:\s+(\d+)/m.exec(readFileSync("/proc/meminfo", "utf8")) ?? [];
  assert.equal(facts.cores.allowed.length, availableParallelism());
  assert.ok(facts.memory.totalMib <= Math.round(Number(totalKib) / 1024));
  assert.ok(facts.load.watchedMs >= 1400 && lookedMs >= facts.load.watchedMs, "a second, and half a second of loop");
  assert.ok(facts.slices.loopMs >= 500 && cpuMs > 0 && facts.touch.usPerPage.length === 5);
  const worst = ["bad", "caution", "good"].find((candidate) =>
    checks.some(
      (check: Record<string, string>) =>
        check.verdict === candidate && (check.about === "moment" || candidate === "bad"),
    ),
  );
  assert.equal(verdict, worst);
  assert.match(summary, /^(good|measure with caution|bad)/);
});

test("the checks are lines that a narrow terminal has room for, each with what to do below it", () => {
  const processes = [{ name: "rustc\u001b[31m", pids: [4, 5], cores: 1.9 }];
  const facts = quietBut("load", { otherCores: 2, processes });
  const lines = systemLines({ ...judgeSystem(facts), facts, lookedMs: 1620, cpuMs: 640 }, 60);
  assert.deepEqual(lines.slice(0, 4), [
    "bad      other load    2.00 of 4 cores: rustc\\u001b[31m 1.90",
    "                       (2 processes)",
    "                       → stop it, or measure when it has",
    "                       ended",
  ]);
  assert.equal(
    lines.find((line) => line.includes("governor")),
    "good     governor      performance",
  );
  assert.deepEqual(lines.slice(-3), [
    "",
    "bad for measuring now: other load",
    "looked for 1.62 s and used 640 ms of CPU time for it",
  ]);
  assert.ok(lines.every((line) => line.length <= 60));
  const wide = systemLines({ ...judgeSystem(QUIET), facts: QUIET, lookedMs: 1, cpuMs: 1 }, Number.POSITIVE_INFINITY);
  assert.equal(wide.length, 14 + 3, "a line a check, where nothing is to be done");
});
