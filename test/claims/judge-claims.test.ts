import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Condition, readClaims, studyClaims } from "../../src/claims/claim.js";
import { claimReasons, claimsTable } from "../../src/claims/claims-table.js";
import { judgeClaims, judgeCondition } from "../../src/claims/judge-claims.js";
import type { ClaimEvidence } from "../../src/claims/statistic.js";
import { fitDevice } from "../../src/fit/fit-dataset.js";
import { WORK } from "../../src/fit/form.js";
import type { DatasetRanking } from "../../src/rank/rank-dataset.js";
import { DEVICE, type Formula, simulatedTrial } from "../fit/simulated-device.js";
import { rankedTrials, writeRankedDataset } from "../rank/ranked-dataset.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-claims-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const SIZES = [64, 128, 224];
const BATCHES = [1, 2, 4, 8, 16];

/** Three trials a cell that differ by ±1 %, with laws of the caller's. */
function evidence(latencyMs: Formula, warmupMs: Formula, limitMib: number): ClaimEvidence {
  const trials = SIZES.flatMap((size) =>
    BATCHES.flatMap((batch) =>
      [1, 2, 3].map((trial) => {
        const simulated = simulatedTrial(size, batch, limitMib, trial);
        const scale = 1 + (trial - 2) / 100;
        if (simulated.status !== "ok") return simulated;
        const times = {
          steadyMedianMs: latencyMs(size, batch) * scale,
          firstInferenceMs: warmupMs(size, batch) * scale,
        };
        return { ...simulated, ...times };
      }),
    ),
  );
  // Warm-up as four parameters predict it, a tenth too low in every cell.
  const predictions = trials
    .filter(({ status }) => status === "ok")
    .map(({ firstInferenceMs = 0 }, row) => ({
      row,
      measuredMs: firstInferenceMs,
      predictedMs: firstInferenceMs / 1.1,
    }));
  const ranking = {
    clusters: predictions.map(({ row }) => Math.floor(row / 3)),
    fourParameters: { parameters: ["a", "b", "c", "d"], leftOutError: 0.1, predictions },
  } as unknown as DatasetRanking;
  return {
    fit: fitDevice(DEVICE, limitMib, trials, () => []),
    ranking: () => Promise.resolve(ranking),
  };
}

const linear = evidence(
  (size, batch) => 2 + 100 * WORK.of(size, batch),
  (size, batch) => 30 + 300 * WORK.of(size, batch),
  270,
);
const bent: Formula = (size, batch) => (2 + 100 * WORK.of(size, batch)) * batch ** 0.7;
const broken = evidence(bent, bent, 100_000);

async function verdict(condition: Condition, from: ClaimEvidence): Promise<string> {
  return (await judgeCondition(condition, from)).verdict;
}

test("each condition of the study holds for a device that was made to fulfil it", async () => {
  for (const claim of studyClaims()) {
    for (const condition of claim.conditions) {
      assert.equal(await verdict(condition, linear), "reproduced", `${claim.name}: ${condition.statistic}`);
    }
  }
});

test("a device that breaks a law is not reproduced, one that was not pushed is inconclusive", async () => {
  assert.equal(await verdict({ statistic: "linear_over_quadratic_error", at_most: 1.2 }, broken), "not reproduced");
  assert.equal(await verdict({ statistic: "warmup_over_latency", at_least: 1.5 }, broken), "not reproduced");
  const judged = await judgeCondition({ statistic: "out_of_memory_sizes", at_least: 1 }, broken);
  assert.equal(judged.verdict, "inconclusive");
  assert.match(judged.reason, /no trial exceeded its memory/);
});

test("an interval on both sides of the threshold is inconclusive, and the reason names all numbers", async () => {
  const { statistic } = await judgeCondition({ statistic: "warmup_over_latency", at_least: 1 }, linear);
  assert.ok(statistic.value !== undefined);
  const { low, high } = statistic.interval;
  assert.ok(low < high);
  const judged = await judgeCondition({ statistic: "warmup_over_latency", at_least: (low + high) / 2 }, linear);
  assert.equal(judged.verdict, "inconclusive");
  assert.match(judged.reason, /warmup_over_latency = [\d.]+ \([\d.]+ to [\d.]+\), at least [\d.]+ asked for/);
});

test("the correlation of size and largest mini-batch is -1 where memory grows with the pixels", async () => {
  const { statistic } = await judgeCondition({ statistic: "largest_mini_batch_by_size", at_most: -0.9 }, linear);
  assert.equal(statistic.value, -1);
});

test("a condition holds where the whole interval is on the right side of the threshold, its end included", async () => {
  const { statistic } = await judgeCondition({ statistic: "warmup_over_latency", at_least: 1 }, linear);
  assert.ok(statistic.value !== undefined);
  const { low, high } = statistic.interval;
  const at = (bound: Pick<Condition, "at_least" | "at_most">) =>
    verdict({ statistic: "warmup_over_latency", ...bound }, linear);
  const beyond = 1e-6;
  assert.equal(await at({ at_least: low }), "reproduced");
  assert.equal(await at({ at_least: low + beyond }), "inconclusive");
  assert.equal(await at({ at_least: high }), "inconclusive");
  assert.equal(await at({ at_least: high + beyond }), "not reproduced");
  assert.equal(await at({ at_most: high }), "reproduced");
  assert.equal(await at({ at_most: high - beyond }), "inconclusive");
  assert.equal(await at({ at_most: low }), "inconclusive");
  assert.equal(await at({ at_most: low - beyond }), "not reproduced");
});

test("a claim is not reproduced if one condition is not, and reproduced only if all are", async () => {
  await writeRankedDataset(join(folder, "ranked"));
  const yes: Condition = { statistic: "warmup_over_latency", at_least: 1.5 };
  const no: Condition = { statistic: "warmup_over_latency", at_most: 1.5 };
  const unknown: Condition = { statistic: "out_of_memory_sizes", at_least: 1 };
  const ranked: Condition = { statistic: "four_parameter_error", at_most: 0.2 };
  const claims = Object.entries({ a: [yes], b: [yes, no, unknown], c: [yes, unknown], d: [yes, ranked] }).map(
    ([name, conditions]) => ({ name, finding: `finding ${name}`, conditions }),
  );
  const trees: number[] = [];
  const judged = await judgeClaims(join(folder, "ranked"), { claims, onProgress: (_, total) => trees.push(total) });
  assert.deepEqual(claimsTable(judged).values, [
    ["finding a", "reproduced"],
    ["finding b", "not reproduced"],
    ["finding c", "inconclusive"],
    ["finding d", "reproduced"],
  ]);
  assert.deepEqual(
    judged.map(({ conditions }) => conditions.map(({ verdict }) => verdict)),
    [
      ["reproduced"],
      ["reproduced", "not reproduced", "inconclusive"],
      ["reproduced", "inconclusive"],
      ["reproduced", "reproduced"],
    ],
  );
  assert.match(claimReasons(judged)[2] ?? "", /^b: not reproduced: warmup_over_latency = .*, at most 1.5 asked for; W/);
  assert.equal(trees.length, 100, "ranked once, with a hundred trees");
});

test("each device is held to every claim with its own functions and its own ranking", async () => {
  const two = join(folder, "two-devices");
  const slower = rankedTrials().map((trial) => ({
    ...trial,
    trialId: `2t-${trial.trialId}`,
    threads: 2,
    firstInferenceMs: 3 * (trial.firstInferenceMs ?? 0),
  }));
  await writeRankedDataset(two, [...rankedTrials(), ...slower]);
  const claims = [
    { name: "a", finding: "finding a", conditions: [{ statistic: "warmup_over_latency", at_least: 1.5 } as Condition] },
    { name: "b", finding: "finding b", conditions: [{ statistic: "four_parameter_error", at_most: 0.2 } as Condition] },
  ];
  const judged = await judgeClaims(two, { claims });
  const { columns, values } = claimsTable(judged);
  assert.deepEqual(columns, ["device", "finding", "verdict"]);
  assert.deepEqual(
    values.map(([device, finding]) => [device, finding]),
    ["cpu-1t", "cpu-2t"].flatMap((device) => ["a", "b"].map((name) => [device, `finding ${name}`])),
  );
  await writeRankedDataset(join(folder, "first"), rankedTrials());
  const alone = await judgeClaims(join(folder, "first"), { claims });
  assert.deepEqual(judged.slice(0, 2), alone, "as if the other device were not there");
  assert.notDeepEqual(judged[2]?.conditions[0]?.statistic, alone[0]?.conditions[0]?.statistic);
  assert.match(claimReasons(judged)[2] ?? "", /^cpu-2t, a: reproduced: warmup_over_latency = /);
});

test("a user's claims are read, and a wrong one is named", () => {
  const path = join(folder, "claims.json");
  const write = (claims: unknown) => writeFileSync(path, JSON.stringify(claims));
  write([{ name: "own", finding: "Ten times", conditions: [{ statistic: "warmup_over_latency", at_least: 10 }] }]);
  assert.equal(readClaims(path)[0]?.name, "own");
  write([{ name: "own", finding: "x", conditions: [{ statistic: "speed", at_least: 10 }] }]);
  assert.throws(
    () => readClaims(path),
    /conditions\.0\.statistic: allowed are linear_largest_deviation, linear_r_squared/,
  );
  write([{ name: "own", finding: "x", conditions: [{ statistic: "warmup_over_latency" }] }]);
  assert.throws(() => readClaims(path), /requires either at_least or at_most/);
  write([{ name: "own", finding: "x", conditions: [] }]);
  assert.throws(() => readClaims(path), /conditions: requires at least one condition/);
  write([]);
  assert.throws(() => readClaims(path), /requires at least one claim/);
  const both = { statistic: "warmup_over_latency", at_least: 1, at_most: 2 };
  write([{ name: "own", finding: "x", conditions: [both] }]);
  assert.throws(() => readClaims(path), /requires either at_least or at_most/);
});
