import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { monitorCommand } from "../../../pipeline/commands/monitor-command.js";
import { liveTable } from "../../../pipeline/terminal/live-table.js";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { catalogueFor } from "../../../src/hardware/catalogue.js";
import { featureGroup } from "../../../src/hardware/reading/feature-group.js";
import { openLiveFeatures } from "../../../src/hardware/sampling/live-features.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const linuxOnly = { skip: process.platform !== "linux" && "reads the kernel files of Linux" };

function monitor(...args: string[]) {
  return spawnSync(process.execPath, [CLI, "monitor", ...args], { encoding: "utf8" });
}

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [CLI, "monitor", ...args], { stdio: ["ignore", "pipe", "pipe"] });
}

async function firstOutput({ stdout }: ChildProcess): Promise<void> {
  assert.ok(stdout);
  await once(stdout, "data");
}

test("--json streams one object a sample, features and process by their names in the catalogue", linuxOnly, () => {
  const { stdout, status, stderr } = monitor(
    ...["--json", "--samples", "3", "--interval", "20", "--pid", String(process.pid)],
  );
  assert.equal(status, 0, stderr);
  const samples = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, number | null>);
  assert.equal(samples.length, 3);
  const catalogue = new Set(catalogueFor({ platform: "linux", gpus: 8 }).map(({ name }) => name));
  for (const sample of samples) {
    const { monotonic_ms: stamp, ...values } = sample;
    assert.ok(Number(stamp) > 0);
    assert.deepEqual(
      Object.keys(values).filter((name) => !catalogue.has(name)),
      [],
    );
    assert.ok(Object.values(values).filter((value) => value !== null).length >= 164);
    assert.ok(Number(values["process/resident_kib"]) > 10_000, "this process is larger than 10 MiB");
    assert.ok(Number(values["cpu/context_switches_per_s"]) >= 0, "the first sample has rates, too");
  }
  const stamps = samples.map((sample) => Number(sample.monotonic_ms));
  assert.ok(stamps.every((stamp, index) => index === 0 || stamp - (stamps[index - 1] ?? 0) > 1));
});

test(
  "--groups keeps the features of those groups, and without --pid there is none of a process but the container's",
  linuxOnly,
  () => {
    const { stdout } = monitor("--json", "--samples", "1", "--interval", "5", "--groups", "memory, load");
    const groups = new Set(Object.keys(JSON.parse(stdout)).flatMap((name) => name.match(/^\w+(?=\/)/) ?? []));
    assert.deepEqual(groups, new Set(["load", "memory"]));
    const live = openLiveFeatures({});
    assert.ok(live.features.length > 164);
    const ofProcess = live.features.filter(({ scope }) => scope === "process");
    assert.ok(ofProcess.length > 0 && ofProcess.every(({ name }) => name.startsWith("cgroup/")));
    live.close();
  },
);

test("a pipe gets tables without control characters", linuxOnly, () => {
  const { stdout, status } = monitor("--samples", "2", "--interval", "5", "--groups", "load");
  assert.equal(status, 0);
  assert.equal(stdout.match(/^feature +value +unit/gm)?.length, 2);
  assert.equal(stdout.match(/^load\/average_1min +[\d.]+ *$/gm)?.length, 2);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be there
  assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f]/);
});

test("Ctrl-C ends it with 130 and whole lines", linuxOnly, async () => {
  const running = start("--json", "--interval", "5");
  let text = "";
  running.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  await firstOutput(running);
  running.kill("SIGINT");
  const [code] = await once(running, "close");
  assert.equal(code, 130);
  for (const line of text.trimEnd().split("\n")) assert.doesNotThrow(() => JSON.parse(line));
});

test("a process that ends ends the monitor, which says so", linuxOnly, async () => {
  const watched = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const running = start("--json", "--interval", "5", "--pid", String(watched.pid));
  let note = "";
  running.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    note += chunk;
  });
  running.stdout?.resume();
  await firstOutput(running);
  watched.kill("SIGKILL");
  const [code] = await once(running, "close");
  assert.equal(code, 0);
  assert.equal(note, `process ${watched.pid} has ended\n`);
});

test("a reader that has seen enough ends it without an error", linuxOnly, async () => {
  const running = start("--json", "--interval", "5");
  let note = "";
  running.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    note += chunk;
  });
  await firstOutput(running);
  running.stdout?.destroy();
  const [code] = await once(running, "close");
  assert.deepEqual([code, note], [0, ""]);
});

test("--tree sums a process and its children", linuxOnly, async () => {
  const grandchild = "process.stdout.write('up'); setInterval(() => {}, 1000)";
  const child = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(grandchild)}], { stdio: "inherit" })`;
  const watched = spawn(process.execPath, ["-e", child], { stdio: ["ignore", "pipe", "ignore"], detached: true });
  await firstOutput(watched);
  const of = (...flags: string[]) =>
    JSON.parse(
      monitor(
        ...["--json", "--samples", "1", "--interval", "5", "--groups", "process"],
        "--pid",
        String(watched.pid),
        ...flags,
      ).stdout,
    ) as Record<string, number>;
  const [alone, both] = [of(), of("--tree")];
  process.kill(-Number(watched.pid), "SIGKILL");
  assert.equal(both["process/processes"], 2);
  assert.ok(Number(both["process/resident_kib"]) > 1.5 * Number(alone["process/resident_kib"]));
  assert.ok(Number(both["process/run_s"]) > Number(alone["process/run_s"]));
});

const WRONG: [args: string[], message: RegExp][] = [
  [["--pid", "4194305"], /--pid 4194305: no such process/], // above the largest id that Linux gives
  [["--pid", "me"], /--pid "me": allowed are whole numbers/],
  [["--tree"], /--tree: needs --pid/],
  [["--interval", "1"], /--interval 1: allowed are milliseconds from 5/],
  [["--interval", "soon"], /--interval "soon": allowed are numbers above 0/],
  [["--samples", "0"], /--samples "0": allowed are whole numbers/],
  [["--groups", "aura"], /group "aura": not on this machine, allowed are .*memory/],
  [["--groups", "process"], /group "process": needs a process/],
  [["--unknown"], /unknown option/],
];

for (const [args, message] of WRONG) {
  test(`monitor ${args.join(" ")} is refused`, linuxOnly, async () => {
    const command = monitorCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    await assert.rejects(command.parseAsync(args, { from: "user" }), { message });
  });
}

test("a mistake is told in one line, with exit code 2 and nothing on stdout", linuxOnly, () => {
  const { status, stderr, stdout } = monitor("--json", "--pid", "4194305");
  assert.equal(stderr, "batchwise: --pid 4194305: no such process, allowed are those that run here\n");
  assert.deepEqual([status, stdout], [2, ""]);
});

test("the live table fits the terminal, counters give way to rates, and missing values are left out", () => {
  const group = featureGroup("g", "machine", "test");
  const features = [
    ...Array.from({ length: 9 }, (_, index) => group.gauge(`f${index}_kib`, "KiB", "", "A gauge.")),
    group.counter("count", "1", "", "A counter."),
  ];
  const values = [1, 2.123456789, 3, undefined, 5, 6, 7, 8, 123_456_789_012_345, 10];
  assert.deepEqual(liveTable(features, values, { columns: 60, rows: 5 }), [
    "g/f0_kib            1 KiB  g/f5_kib            6 KiB",
    "g/f1_kib      2.12346 KiB  g/f6_kib            7 KiB",
    "g/f2_kib            3 KiB  g/f7_kib            8 KiB",
    "g/f4_kib            5 KiB  g/f8_kib    1.235e+14 KiB",
  ]);
  assert.deepEqual(liveTable(features, values, { columns: 14, rows: 3 }), [
    "g/f0_kib     …",
    "g/f1_kib     …",
    "6 more: a lar…",
  ]);
});
