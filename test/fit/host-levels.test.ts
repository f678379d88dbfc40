import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../src/core/seeded-random.js";
import type { PulseRow, TrialRow } from "../../src/dataset/tables.js";
import { LEVEL_KNOWN, type LevelError, levelErrors } from "../../src/fit/at-host-level.js";
import { fitDevice } from "../../src/fit/fit-dataset.js";
import { hostLevels } from "../../src/fit/host-levels.js";
import { hostLines, hostNotes } from "../../src/fit/host-notes.js";
import { DEVICE, LAWS, simulatedTrials } from "./simulated-device.js";

interface World {
  /** ln of how many times as long each host takes. */
  readonly effects: readonly number[];
  readonly noise: number;
  readonly random: ReturnType<typeof seededRandom>;
  /** Cells that every host measures, and how often. */
  readonly anchors?: number;
  readonly processes?: number;
}

/** Anchors on every host, which processes of normal noise measure; warm-up has the hosts' effects twice. */
function anchorsOf({ effects, noise, random, anchors = 3, processes = 2 }: World): TrialRow[] {
  const cells = simulatedTrials(Number.POSITIVE_INFINITY).slice(0, anchors);
  return effects.flatMap((effect, host) =>
    cells.flatMap((row) =>
      Array.from({ length: processes }, (_, process) => ({
        ...{ ...row, host: `h${host}`, runId: `run ${host}`, trial: process + 1 },
        trialId: `${row.trialId} ${host} ${process}`,
        steadyMedianMs: (row.steadyMedianMs ?? 0) * Math.exp(effect + noise * random.normal()),
        firstInferenceMs: (row.firstInferenceMs ?? 0) * Math.exp(2 * effect + noise * random.normal()),
      })),
    ),
  );
}

test("hosts that are equal are said to be alike in 95 % of designs, and one that is 8 % apart is found", () => {
  const random = seededRandom(23, "hosts");
  const share = (effects: readonly number[], holds: (verdicts: readonly string[]) => boolean) => {
    const worlds = Array.from({ length: 400 }, () => hostLevels(anchorsOf({ effects, noise: 0.03, random })));
    return worlds.filter((levels) => holds(levels.slice(1).map(({ verdict }) => verdict))).length / worlds.length;
  };
  const allAlike = (verdicts: readonly string[]) => verdicts.every((verdict) => verdict === "alike");
  // Three anchors, two processes of 3 % each. Of 400 draws of 95 % all but one in a thousand are at least 91.5 %.
  for (const hosts of [2, 8]) assert.ok(share(new Array(hosts).fill(0), allAlike) >= 0.915);
  const found = share([0, 0, 0, Math.log(1.08)], (verdicts) => verdicts.includes("apart"));
  assert.ok(found >= 0.95, String(found));
});

test("hosts whose sessions are apart are alike if the hosts are equal, and the difference of sessions is no other one", () => {
  const random = seededRandom(29, "sessions of hosts");
  const worlds = Array.from({ length: 300 }, () =>
    hostLevels(
      ["x", "y", "z"].flatMap((host) =>
        [1, 2, 3].flatMap((session) => {
          const apart = Math.exp(0.05 * random.normal()); // of the machine in that session
          return anchorsOf({ effects: [0], noise: 0.02, random }).map((row) => ({
            ...{ ...row, host, runId: `${host} ${session}` },
            steadyMedianMs: (row.steadyMedianMs ?? 0) * apart,
            firstInferenceMs: (row.firstInferenceMs ?? 0) * apart,
          }));
        }),
      ),
    ),
  );
  const alike = worlds.filter((levels) => levels.slice(1).every(({ verdict }) => verdict === "alike")).length;
  assert.ok(alike / worlds.length >= 0.91, String(alike / worlds.length));
});

test("factors and intervals are those of a least-squares fit with effects of cells and hosts", () => {
  // Oracle: by hand. Two hosts, two cells with two processes each: the effect is the mean of both cells' differences,
  // what is left is ±0.01 about it in each cell and host, so 8 × 0.01² over 8 − 2 − 1 degrees; t(0.9875, 5) = 3.163.
  const cell = (host: string, mbs: number, log: number): TrialRow[] =>
    [-0.01, 0.01].map((off) => ({
      ...(simulatedTrials(Number.POSITIVE_INFINITY)[0] as TrialRow),
      ...{ host, miniBatchSize: mbs, firstInferenceMs: 7, steadyMedianMs: Math.exp(log + off) },
    }));
  const trials = [...cell("a", 1, 1), ...cell("a", 2, 2), ...cell("b", 1, 1.1), ...cell("b", 2, 2.1)];
  const [first, second] = hostLevels(trials);
  assert.deepEqual([first?.verdict, second?.verdict, second?.trials, second?.sharedCells], ["first", "apart", 4, 2]);
  const half = 3.163 * Math.sqrt((8 * 0.01 ** 2) / 5) * Math.sqrt(1 / 4 + 1 / 4);
  const { ratio, interval } = second?.latency ?? assert.fail();
  assert.ok(Math.abs(Math.log(ratio) - 0.1) < 1e-12);
  assert.ok(Math.abs(Math.log(interval.low) - (0.1 - half)) < 1e-5, String(Math.log(interval.low)));
  assert.ok(Math.abs(Math.log(interval.high) - (0.1 + half)) < 1e-5);
});

test("hosts that only another one joins are compared, and those that nothing joins are not", () => {
  const row = simulatedTrials(Number.POSITIVE_INFINITY)[0] as TrialRow;
  const at = (host: string, mbs: number, factor: number) =>
    [0.999, 1.001].map((off) => ({ ...row, host, miniBatchSize: mbs, steadyMedianMs: factor * mbs * off }));
  const trials = [
    ...[...at("a", 1, 1), ...at("a", 4, 1), ...at("b", 1, 2), ...at("b", 2, 2), ...at("c", 2, 3)],
    ...at("d", 8, 1),
  ];
  const levels = hostLevels(trials);
  assert.deepEqual(
    levels.map(({ host, latency, verdict }) => [host, latency && Math.round(latency.ratio * 100) / 100, verdict]),
    [
      ["a", undefined, "first"],
      ["b", 2, "apart"],
      ["c", 3, "apart"],
      ["d", undefined, "unknown"],
    ],
  );
  assert.match(hostLines(levels)[2] ?? "", /^host d: no cells of it and host a say how far they are apart$/);
  assert.match(
    hostLines(levels)[0] ?? "",
    /^host b takes 2\.000 times \(95 %: .* the latency and .*: apart, with a level of its own$/,
  );
});

test("a single host is held against nothing, and trials that did not end well do not count", () => {
  const trials = simulatedTrials(Number.POSITIVE_INFINITY);
  assert.deepEqual(hostLines(hostLevels(trials)), []);
  const crashed = trials.map((row) => ({ ...row, host: "other", status: "crashed" as const }));
  assert.equal(hostLevels([...trials, ...crashed]).length, 1);
  assert.deepEqual(hostLevels([]), []);
});

test("of a beginning the first inference goes with a host's warm-up, a slow second one with its latency", () => {
  const random = seededRandom(6, "levels");
  const trials = anchorsOf({ anchors: 12, processes: 3, noise: 0.01, random, effects: [0, Math.log(2)] });
  const inferences = trials.flatMap(({ trialId, firstInferenceMs = 0, steadyMedianMs = 0 }) =>
    [firstInferenceMs, 4 * steadyMedianMs, steadyMedianMs, steadyMedianMs].map((latencyMs, iteration) => ({
      ...{ trialId, iteration, latencyMs },
    })),
  );
  const fit = fitDevice(DEVICE, undefined, trials, () => inferences);
  assert.equal(fit.hosts[1]?.verdict, "apart");
  for (const host of ["h0", "h1"]) {
    const own = trials.filter((trial) => trial.host === host);
    const alone = fitDevice(DEVICE, undefined, own, () => inferences);
    const [pooled, apart] = [fit.ofHost(host), alone].map(
      (of) => of.beginning().law()?.at(224, 8)?.value ?? Number.NaN,
    );
    assert.ok(Math.abs((pooled ?? 0) / (apart ?? 1) - 1) < 0.02, `${host}: ${pooled} instead of ${apart}`);
  }
});

test("hosts that are apart are fitted with a level of their own, alike ones as one pool", () => {
  const random = seededRandom(5, "levels");
  const every = { anchors: 12, processes: 3, noise: 0.02, random };
  const pulsesOf = (trials: readonly TrialRow[]): PulseRow[] =>
    trials.map(({ trialId, host }) => {
      const ms = (host === "h1" ? 6 : 4) * Math.exp(0.02 * random.normal());
      return { trialId, pulseBeforeMs: ms, pulseAfterMs: ms, touchUsPerPage: undefined };
    });
  const trials = anchorsOf({ ...every, effects: [0, Math.log(1.5)] });
  const fit = fitDevice(DEVICE, undefined, trials, () => inferencesOf(trials), { pulses: pulsesOf(trials) });
  const worst = Math.max(...trials.filter(({ host }) => host === "h0").map(({ steadyMedianMs = 0 }) => steadyMedianMs));
  assert.equal(fit.hosts[1]?.verdict, "apart");
  const cell = [224, 8] as const;
  const near = (value: number | undefined, expected: number) =>
    assert.ok(Math.abs((value ?? 0) / expected - 1) < 0.03, `${value} instead of ${expected}`);
  near(fit.latency.law()?.at(...cell)?.value, LAWS.latencyMs(...cell));
  near(
    fit
      .meanLatency()
      .law()
      ?.at(...cell)?.value,
    LAWS.latencyMs(...cell),
  );
  near(fit.worstObserved().get("224 8")?.latencyMs, worst);
  const other = fit.ofHost("h1");
  near(other.latency.law()?.at(...cell)?.value, 1.5 * LAWS.latencyMs(...cell));
  near(other.warmup.law()?.at(...cell)?.value, 1.5 ** 2 * LAWS.warmupMs(...cell));
  near(
    other
      .meanLatency()
      .law()
      ?.at(...cell)?.value,
    1.5 * LAWS.latencyMs(...cell),
  );
  near(other.worstObserved().get("224 8")?.warmupMs, 1.5 ** 2 * LAWS.warmupMs(...cell));
  assert.ok((fit.noise().latency.levels[0]?.deviation ?? 1) < 0.02, "what is a level of the fit is no noise");
  assert.throws(() => fit.ofHost("nobody"), { name: "UserError", message: /allowed are h0, h1$/ });
  assert.match(
    hostNotes(fit).join("\n"),
    /h1 takes 1\.\d+ times .*apart.*\nfunctions are those of host h0; of the others/,
  );

  const alike = anchorsOf({ ...every, effects: [0, 0] });
  const pooled = fitDevice(DEVICE, undefined, alike, () => []);
  assert.equal(pooled.hosts[1]?.verdict, "alike");
  near(
    pooled
      .ofHost("h1")
      .latency.law()
      ?.at(...cell)?.value,
    pooled.latency.law()?.at(...cell)?.value ?? 0,
  );
  assert.match(hostNotes(pooled).join("\n"), /one pool of 2 hosts .*\nhost h1 takes .*: alike within the noise$/);
});

/** A first and a steady inference of each trial. */
function inferencesOf(trials: readonly TrialRow[]) {
  return trials.flatMap(({ trialId, firstInferenceMs = 0, steadyMedianMs = 0 }) => [
    { trialId, iteration: 0, latencyMs: firstInferenceMs },
    { trialId, iteration: 1, latencyMs: steadyMedianMs },
  ]);
}

test("how well a host's level is known counts by the share of other hosts' trials, and in what its devices share", () => {
  // Oracle: by hand. A quarter of the trials are b's own, the others are off with b's factor: 0.75² of its variance.
  const random = seededRandom(31, "level errors");
  const of = (host: string, processes: number, effect: number) =>
    anchorsOf({ effects: [effect], noise: 0.03, random, anchors: 12, processes }).map((row) => ({
      ...{ ...row, host, runId: host, trialId: `${host} ${row.trialId}` },
    }));
  const trials = [...of("a", 6, 0), ...of("b", 2, Math.log(1.3))];
  const levels = hostLevels(trials);
  const { variance = 0, degrees } = levels[1]?.latency ?? {};
  const [atA, atB] = ["a", "b"].map((host) => levelErrors(trials, levels, host).latency);
  near(atA, 0.25 ** 2 * variance);
  near(atB, 0.75 ** 2 * variance);
  assert.equal(atB?.degrees, degrees);
  const shared = fitDevice(DEVICE, undefined, trials, () => [])
    .ofHost("b")
    .sessionEffect().latency;
  assert.ok(shared.commonVariance >= 0.75 ** 2 * variance * (1 - 1e-9) && variance > 0);
  const alike = [...of("a", 3, 0), ...of("b", 3, 0)];
  assert.deepEqual(levelErrors(alike, hostLevels(alike), "b"), LEVEL_KNOWN);

  function near(error: LevelError | undefined, expected: number): void {
    assert.ok(Math.abs((error?.variance ?? 0) / expected - 1) < 1e-9, `${error?.variance} instead of ${expected}`);
  }
});
