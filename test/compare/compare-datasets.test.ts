import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { compareDatasets } from "../../src/compare/compare-datasets.js";
import { comparisonSummary } from "../../src/compare/comparison-summary.js";
import type { HardwareRow } from "../../src/dataset/hardware-table.js";
import type { TrialRow } from "../../src/dataset/tables.js";
import { featureGroup, rateOf } from "../../src/hardware/reading/feature-group.js";
import { writeTrials } from "../dataset/write-trials.js";
import { tableTrials } from "../fit/simulated-device.js";

const scratch = mkdtempSync(join(tmpdir(), "batchwise-compare-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

const usage = featureGroup("usage", "process", "test");
const FAULTS = usage.counter("minor_faults", "1", "", "Faults without disk.");
const TIMES = [usage.counter("user_s", "s", "", ""), usage.counter("system_s", "s", "", "")].map(rateOf);

interface Side {
  readonly factor?: number;
  readonly warmupOverLatency?: number;
  /** Page faults of a first inference, and cores that the process keeps busy while steady. */
  readonly faults?: number;
  readonly cores?: number;
  readonly threads?: readonly number[];
  readonly hosts?: readonly string[];
  readonly kernel?: string;
  /** How long the pulse takes around each trial. */
  readonly pulseMs?: number;
  /** The run of the other side that each run was measured in turns with. */
  readonly pairedWith?: string;
  /** By what a trial takes longer than its cell. */
  noiseOf?(trial: TrialRow): number;
}

/** A dataset of four cells of 224 px, three trials a cell for each number of threads and host; each host is a run. */
async function written(name: string, side: Side): Promise<string> {
  const { factor = 1, warmupOverLatency = 5, faults = 10_000, cores = 2, threads = [2], hosts = [name] } = side;
  const folder = join(scratch, name);
  const trials = threads.flatMap((count) =>
    hosts.flatMap((host) =>
      tableTrials({ 1: 10 * factor, 2: 15 * factor, 4: 25 * factor, 8: 45 * factor }, { warmupOverLatency }).map(
        (trial): TrialRow => ({
          ...trial,
          steadyMedianMs: (trial.steadyMedianMs ?? 0) * (side.noiseOf?.(trial) ?? 1),
          ...{ trialId: `${count}t-${host}-${trial.trialId}`, runId: `run-${host}`, host, threads: count },
        }),
      ),
    ),
  );
  const hardwareOf = ({ trialId }: TrialRow) => [
    sample(trialId, "load", 0, 500, 0),
    sample(trialId, "first", 50, 500 + faults, 0),
    sample(trialId, "steady", 100, 500 + faults, cores),
  ];
  await writeTrials(folder, {
    trials,
    devices: threads.map((count) => ({ provider: "cpu", threads: count })),
    features: [FAULTS, ...TIMES],
    hardwareOf,
    pulsesOf: ({ trialId }) =>
      side.pulseMs === undefined
        ? []
        : [{ trialId, pulseBeforeMs: side.pulseMs - 0.5, pulseAfterMs: side.pulseMs + 0.5, touchUsPerPage: 2 }],
  });
  const file = join(folder, "datapackage.json");
  const dataPackage = JSON.parse(readFileSync(file, "utf8"));
  const { kernel = "6.1" } = side;
  dataPackage.provenance.runs = hosts.map((host) => ({
    ...{ run_id: `run-${host}`, started_at: "2026-01-01T00:00:00Z", host, versions: { node: "20" } },
    ...(side.pairedWith !== undefined && { paired_with: side.pairedWith }),
    machine: { kernel, memoryMib: kernel === "6.1" ? 24_000 : 24_001, cores: 2 },
  }));
  writeFileSync(file, JSON.stringify(dataPackage));
  return folder;
}

function sample(
  trialId: string,
  phase: HardwareRow["phase"],
  elapsedMs: number,
  faults: number,
  cores: number,
): HardwareRow {
  const [user, system] = TIMES.map(({ name }) => name);
  return {
    ...{ trialId, instrument: "probe", phase, elapsedMs, [FAULTS.name]: faults },
    ...{ [user ?? ""]: 0.75 * cores, [system ?? ""]: 0.25 * cores },
  };
}

const [a, b] = [await written("a", {}), await written("b", { factor: 2, warmupOverLatency: 1.5, kernel: "6.2" })];
const many = await written("many", { factor: 2, warmupOverLatency: 8, faults: 30_000, cores: 1 });

test("a page that is dearer is named where first inferences differ otherwise than steady ones, with what a fault costs", async () => {
  const comparison = await compareDatasets({ folder: a }, { folder: b });
  const [latency, warmup] = comparison.quantities;
  assert.deepEqual([latency?.overall.verdict, warmup?.overall.verdict], ["slower", "faster"]);
  // By hand: the latencies of A are 10, 15, 25 and 45 ms, their median 20; 4 × 20 ms over 10,000 faults are 8 µs a
  // fault in A, 0.5 × 40 ms are 2 µs in B.
  assert.deepEqual(comparison.causes, {
    pulseMs: undefined,
    busyCores: { cells: 4, a: 2, b: 2 },
    faults: { cells: 4, a: 10_000, b: 10_000 },
    usPerFault: { cells: 4, a: 8, b: 2 },
  });
  assert.deepEqual(comparisonSummary(comparison), [
    "steady inferences take 2.00 times as long in B as in A, first ones 0.60 times (geometric means over the cells of both)",
    "steady inferences differ because the same work takes 2.00 times the CPU time in B: cores or memory are slower there, or shared with others: the process keeps 2.00 cores busy in A and 2.00 in B (medians over 4 cells)",
    "first inferences differ otherwise than steady ones, likely because memory that is touched for the first time costs less in B: they take 1.00 times as many page faults as in A, and what they have beyond a steady inference is 8.0 µs a fault in A, 2.0 µs in B (medians over 4 cells)",
    "A and B are one session each: two sessions of the same machine differ by more than their processes do, and intervals of processes do not hold that",
  ]);
  assert.deepEqual(comparison.differences, [
    { what: "machine host", a: "a", b: "b" },
    { what: "machine kernel", a: "6.1", b: "6.2" },
  ]);
});

test("more memory touched and fewer cores at work are named where it is these that differ", async () => {
  const [, steady = "", first = ""] = comparisonSummary(await compareDatasets({ folder: a }, { folder: many }));
  assert.match(
    steady,
    /because fewer cores work on them in B, by threads, limits or other load: .* 2\.00 .* 1\.00 in B/,
  );
  assert.match(
    first,
    /because they touch more memory for the first time in B: they take 3\.00 times as many page faults/,
  );
});

test("devices are matched by name, or named; sessions are told by number, id or host", async () => {
  const two = await written("two", { threads: [1, 2], hosts: ["first", "second"] });
  const one = await written("one", { threads: [1] });
  const other = await written("other", { threads: [4] });
  const sidesOf = async (...choices: Parameters<typeof compareDatasets>) => {
    const { a, b } = await compareDatasets(...choices);
    return [a, b].map(({ device, trials, runs }) => [device.threads, trials.length, runs.map(({ runId }) => runId)]);
  };
  const both = ["run-first", "run-second"];
  assert.deepEqual(await sidesOf({ folder: two }, { folder: one }), [
    [1, 24, both],
    [1, 12, ["run-one"]],
  ]);
  assert.deepEqual(await sidesOf({ folder: two, device: "cpu-2t" }, { folder: other }), [
    [2, 24, both],
    [4, 12, ["run-other"]],
  ]);
  const sessions = await sidesOf(
    { folder: two, device: "cpu-1t", session: "2" },
    { folder: two, device: "cpu-1t", session: "first" },
  );
  assert.deepEqual(sessions, [
    [1, 12, ["run-second"]],
    [1, 12, ["run-first"]],
  ]);
  const refused: readonly [Parameters<typeof compareDatasets>, string][] = [
    [[{ folder: two }, { folder: two }], "compare: A and B both have cpu-1t, cpu-2t; name one with --device"],
    [
      [{ folder: one }, { folder: other }],
      "compare: A has cpu-1t and B cpu-4t, no device in common; name them with --device-a and --device-b",
    ],
    [[{ folder: one, device: "gpu" }, { folder: one }], `compare of ${one}: it has no device gpu, allowed are cpu-1t`],
    [
      [{ folder: one }, { folder: one }],
      "compare: A and B are the same trials, name another device or session for one of them",
    ],
    [
      [{ folder: one, session: "3" }, { folder: two }],
      `compare of ${one}: no trial of session 3, allowed are 1 to 1, a run's id, or a host: one`,
    ],
  ];
  for (const [choices, message] of refused) {
    await assert.rejects(compareDatasets(...choices), { name: "UserError", message });
  }
});

test("hardware that is missing leaves the comparison, and says why there is no reason", async () => {
  rmSync(join(many, "hardware"), { recursive: true });
  const comparison = await compareDatasets({ folder: a }, { folder: many });
  assert.equal(comparison.quantities[0]?.overall.verdict, "slower");
  assert.equal(
    comparisonSummary(comparison)[1],
    `why times differ can't be told: dataset ${many}: part file hardware/part-0.csv is missing`,
  );
});

test("how fast the device itself was is told where the pulse is known, and what is left beside it", async () => {
  const [fast, slow] = [await written("fast", { pulseMs: 2 }), await written("slow", { factor: 3, pulseMs: 4 })];
  const [, sentence] = comparisonSummary(await compareDatasets({ folder: fast }, { folder: slow }));
  assert.equal(
    sentence,
    "the device itself was slower in B: the same small inference took 2.00 ms around A's trials, 4.00 ms around B's; beside that B takes 1.50 times as long",
  );
  const alike = await written("alike", { factor: 3, pulseMs: 2.05 });
  const [, other] = comparisonSummary(await compareDatasets({ folder: fast }, { folder: alike }));
  assert.equal(
    other,
    "the device itself was as fast in both: the same small inference took 2.00 ms around A's trials, 2.05 ms around B's",
  );
});

test("of trials that were measured in turns each pair is a ratio of its own, and what both met cancels", async () => {
  // A spell doubles the time of the second trial of every cell, on both sides; beside it B takes 1.2 times as long.
  const noiseOf = ({ trial }: TrialRow) => (trial === 2 ? 2 : 1);
  const a = await written("turn-a", { noiseOf, pairedWith: "run-turn-b" });
  const b = await written("turn-b", {
    factor: 1.2,
    pairedWith: "run-turn-a",
    noiseOf: (trial) => noiseOf(trial) * (1 + 0.001 * trial.trial),
  });
  const comparison = await compareDatasets({ folder: a }, { folder: b });
  assert.equal(comparison.pairs?.length, 12);
  const [latency] = comparison.quantities;
  // By hand: 1.2 × the geometric mean of 1.001, 1.002 and 1.003.
  const expected = 1.2 * Math.cbrt(1.001 * 1.002 * 1.003);
  assert.ok(Math.abs((latency?.overall.ratio ?? 0) - expected) < 1e-12);
  const { low = 0, high = 0 } = latency?.cells[0]?.ratio.interval ?? {};
  assert.ok(low > 1.19 && low < expected && high > expected && high < 1.22, `${low} to ${high}`);
  assert.equal(latency?.cells[0]?.ratio.verdict, "slower");
  const [cell] = latency?.cells ?? [];
  assert.ok(Math.abs((cell?.a ?? 0) / (10 * Math.cbrt(2)) - 1) < 0.02 && (cell?.b ?? 0) / (cell?.a ?? 1) > 1.2);
  assert.match(comparisonSummary(comparison).at(-1) ?? "", /measured in turns: 12 pairs of trials in 1 session/);
  // Taken apart, the spell hides it.
  const apart = await written("turn-c", { factor: 1.2, noiseOf });
  const alone = await compareDatasets({ folder: a }, { folder: apart });
  assert.equal(alone.pairs, undefined);
  assert.equal(alone.quantities[0]?.cells[0]?.ratio.verdict, "undecided");
});
