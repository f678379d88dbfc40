import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Feature } from "../../src/hardware/reading/feature.js";
import { featureGroup } from "../../src/hardware/reading/feature-group.js";
import { compareRankings } from "../../src/rank/compare-rankings.js";
import { groupLabel } from "../../src/rank/feature-matrix.js";
import { type DatasetRanking, rankDataset } from "../../src/rank/rank-dataset.js";
import { rankResidual } from "../../src/rank/rank-residual.js";
import { isOfHarness } from "../../src/rank/ranked-trials.js";
import { rankingSummary, rankingTable } from "../../src/rank/ranking-table.js";
import { secondForest } from "../../src/rank/second-forest.js";
import { writeTrials } from "../dataset/write-trials.js";
import { rankedTrials, writeRankedDataset } from "./ranked-dataset.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-rank-"));
after(() => rmSync(folder, { recursive: true, force: true }));
await writeRankedDataset(join(folder, "ranked"));

function reasonsOf({ matrix }: DatasetRanking): Record<string, string> {
  return Object.fromEntries(matrix.dropped.map(({ name, reason }) => [name, reason]));
}

const progress: [number, number][] = [];
const predict = await rankDataset(join(folder, "ranked"), {
  question: "predict",
  trees: 12,
  onProgress: (done, total) => progress.push([done, total]),
});
const explain = await rankDataset(join(folder, "ranked"), { question: "explain", trees: 12, seed: 3 });

test("what drives warm-up comes first, of what is known beforehand and of all, and by both forests", () => {
  for (const ranked of [predict, explain]) {
    const [first, second] = ranked.ranking.features;
    assert.equal(first?.group.name, "planted/driver_kib__before");
    assert.ok((first?.importance ?? 0) > 0.5 && (first?.importance ?? 0) > 10 * (second?.importance ?? 0));
    assert.equal(ranked.ranking.trees, 12);
    assert.ok(ranked.ranking.outOfBagRSquared > 0.5, String(ranked.ranking.outOfBagRSquared));
    assert.ok(!ranked.agreement.onlyFirst.includes("planted/driver_kib__before"));
    assert.equal(ranked.agreement.top, Math.min(15, ranked.matrix.groups.length));
  }
  assert.deepEqual(progress.at(-1), [12, 12]);
  assert.deepEqual([predict.question, explain.question], ["predict", "explain"]);
});

test("the second forest is trained on the same rows and the logarithm of warm-up, and compared name by name", async () => {
  const names = explain.matrix.groups.map(({ name }) => name);
  const importances = new Map(explain.ranking.features.map(({ group, importance }) => [group.name, importance]));
  const target = explain.trials.map(({ firstInferenceMs = Number.NaN }) => Math.log(firstInferenceMs));
  const second = await secondForest({ rows: explain.matrix.rows, target });
  assert.equal(second.length, names.length);
  const driver = names.indexOf("planted/driver_kib__before");
  assert.equal(Math.max(...second), second[driver]);
  assert.deepEqual(
    explain.agreement,
    compareRankings(
      names,
      names.map((name) => importances.get(name) ?? Number.NaN),
      second,
    ),
  );
});

test("only trials that ended well are rows, in their order, and trials of a cell are one cluster", () => {
  assert.deepEqual(
    predict.trials.map(({ trialId }) => trialId),
    rankedTrials().map(({ trialId }) => trialId),
  );
  assert.deepEqual(
    predict.clusters,
    Array.from({ length: 24 }, (_, row) => Math.floor(row / 3)),
  );
  const driver = predict.matrix.groups.findIndex(({ name }) => name === "planted/driver_kib__before");
  const load = predict.matrix.groups.findIndex(({ name }) => name === "trial/load_ms");
  for (const [row, { firstInferenceMs = 0, miniBatchSize, loadMs }] of predict.trials.entries()) {
    assert.equal(predict.matrix.rows[row]?.[driver], (firstInferenceMs - 50 - miniBatchSize) / 100);
    assert.equal(predict.matrix.rows[row]?.[load], loadMs);
  }
});

test("columns that are the time in other words are left out, each with its reason", () => {
  const same: Record<string, string> = {
    "planted/still__before": "constant",
    "planted/never__before": "empty",
    "model/parameters": "constant",
  };
  assert.deepEqual(reasonsOf(predict), { ...same, "trial/threads": "constant", "trial/concurrent": "constant" });
  const found = reasonsOf(explain);
  const all = ["before", "first_change", "steady_mean", "steady_max"];
  const of = (name: string, statistics: readonly string[], reason: string) =>
    statistics.map((statistic) => [`${name}__${statistic}`, reason] as const);
  const levels = ["steady_mean", "steady_max"];
  assert.deepEqual(found, {
    ...same,
    "trial/threads": "constant",
    "trial/concurrent": "constant",
    ...Object.fromEntries([
      ...of("monitor/interval_ms", all, "of the monitor itself"),
      ...of("planted/events_per_s", ["first_change"], "change of a rate"),
      ...of("own/busy_ms", ["first_change"], "counts the time itself"),
      ...of("cpu/softirq_timer", ["first_change"], "counts the time itself"),
      ...of("cpu/softirq_timer", ["before", ...levels], "level of a counter"),
      ...of("planted/events", ["before", ...levels], "level of a counter"),
      ...of("own/busy_ms", levels, "level of a counter"),
      ...of("own/calls", levels, "level of a counter"),
      ...of("own/calls", ["first_change"], "constant"),
      ...of("planted/still", ["first_change", "steady_mean", "steady_max"], "constant"),
      ...of("planted/never", all, "empty"),
    ]),
  });
  // Before the first inference a counter of the process tells of its loading.
  const members = explain.matrix.groups.flatMap((group) => group.members);
  for (const name of ["own/calls__before", "own/busy_ms__before", "planted/events__first_change"]) {
    assert.ok(members.includes(name), name);
  }
  assert.ok(!predict.matrix.groups.some((group) => group.members.includes("own/calls__before")), "raw counters grow");
});

test("shape comes first and represents what is proportional to it, then what is known beforehand, then the rest", () => {
  const names = explain.matrix.groups.map(({ name }) => name);
  const places = [
    "model/multiply_adds",
    "trial/load_ms",
    "planted/driver_kib__before",
    "planted/events_per_s__before",
    "planted/driver_kib__steady_mean",
  ];
  const found = places.map((name) => names.indexOf(name));
  assert.ok(
    found.every((place) => place >= 0),
    names.join(", "),
  );
  assert.deepEqual(
    found.toSorted((a, b) => a - b),
    found,
  );
  const [shape] = explain.matrix.groups;
  assert.equal(shape?.name, "model/multiply_adds");
  for (const name of ["model/activation_bytes", "model/tensor_bytes", "model/pixels"]) {
    assert.ok(shape?.members.includes(name), name);
  }
  assert.ok(explain.matrix.groups.some((group) => !group.knownBefore));
  assert.ok(predict.matrix.groups.every((group) => group.knownBefore));
});

test("the four-parameter model belongs to what is known beforehand, and finds the law", () => {
  assert.equal(explain.fourParameters, undefined);
  assert.deepEqual(predict.fourParameters?.parameters.slice(0, 1), ["planted/driver_kib__before"]);
  assert.equal(predict.fourParameters?.predictions.length, 24);
  assert.ok((predict.fourParameters?.leftOutError ?? 1) < 0.01, String(predict.fourParameters?.leftOutError));
  assert.ok(Math.abs((predict.fourParameters?.coefficients[1] ?? 0) - 100) < 1);
});

test("a ranking is shown as a table of its top, and with sentences on how far to trust it", () => {
  const { values, columns } = rankingTable(predict);
  assert.equal(values.length, Math.min(15, predict.ranking.features.length));
  assert.deepEqual(columns.slice(0, 2), ["rank", "feature"]);
  assert.match(String(values[0]?.[1]), /^planted\/driver_kib__before/);
  assert.deepEqual(
    values.map(([rank]) => rank),
    values.map((_, index) => index + 1),
  );
  const [first] = predict.ranking.features;
  assert.deepEqual(values[0]?.slice(2, 4), [
    first?.importance.toFixed(4),
    `${first?.interval.low.toFixed(4)} to ${first?.interval.high.toFixed(4)}`,
  ]);
  const lines = rankingSummary(predict);
  assert.equal(lines[0], `${predict.matrix.groups.length} groups of features; columns dropped: 4 constant, 1 empty`);
  assert.match(lines[1] ?? "", /^12 trees, out-of-bag R² 0\.\d{3}$/);
  assert.match(lines.at(-2) ?? "", /^warmup_ms = /);
  assert.match(
    lines.at(-1) ?? "",
    /^error of such a model on a cell left out: 0\.\d %; \d\.\d of the four are chosen again without it$/,
  );
  assert.equal(rankingSummary(explain).length, 4);
  const trusted = (stable: boolean, topSurvival: number) =>
    rankingSummary({ ...explain, ranking: { ...explain.ranking, stable, topSurvival } })[2]?.replace(/^top \d+ /, "");
  assert.equal(trusted(true, 0.9), "stable under resampling: 90.0 % survive");
  assert.equal(trusted(false, 0.5), "not stable under resampling: 50.0 % survive");
  const [own] = predict.matrix.groups;
  const alone = { ...predict.agreement, shared: 3, top: 9, rankCorrelation: 0.456, onlyFirst: [own?.name ?? ""] };
  const other = { ...predict, agreement: alone };
  assert.equal(rankingSummary(other)[3], "second forest: 3 of the top 9 shared, rank correlation 0.46");
  const marked = rankingTable(other).values.filter((row) => row[5] === "not in its top");
  assert.deepEqual(
    marked.map(([, label]) => label),
    [own === undefined ? "" : groupLabel(own)],
  );
});

test("what the measuring itself brings about is marked: what its process holds, not what it was kept from doing", () => {
  const [process, machine] = [featureGroup("heap", "runtime", "test"), featureGroup("memory", "machine", "test")];
  const committed = process.gauge("committed_kib", "KiB", "", "What the heap holds.");
  const column = (feature: Feature, statistic: "before" | "steady_max") =>
    isOfHarness({ name: feature.name, feature, statistic, unit: "KiB", knownBefore: true });
  assert.equal(column(committed, "before"), true);
  assert.equal(column(committed, "steady_max"), false);
  assert.equal(column(machine.gauge("free_kib", "KiB", "", "What is free."), "before"), false);
  assert.equal(column(process.counter("calls", "1", "", "A counter."), "before"), false);
  assert.deepEqual([...explain.ofHarness], ["monitor/interval_ms__before"], "the others are the machine's, or count");
  const ofHarness = new Set(["planted/driver_kib__before"]);
  const [first, second] = rankingTable({ ...explain, ofHarness }).values;
  assert.deepEqual([first?.[6], second?.[6]], ["measuring", ""]);
});

test("a trial of whose first inference the clock saw nothing is no row", async () => {
  const folder = mkdtempSync(join(tmpdir(), "batchwise-rank-"));
  after(() => rmSync(folder, { recursive: true }));
  const trials = rankedTrials().map((trial, index) => (index === 2 ? { ...trial, firstInferenceMs: 0 } : trial));
  await writeRankedDataset(folder, trials);
  assert.equal((await rankDataset(folder, { question: "predict", trees: 2 })).trials.length, trials.length - 1);
  assert.equal((await rankResidual(folder, { trees: 2 })).trials.length, trials.length - 1);
});

test("fewer than twenty trials that ended well are refused, and so is a dataset without hardware", async () => {
  const trials = rankedTrials();
  await writeTrials(join(folder, "few"), { trials: trials.slice(0, 19) });
  await assert.rejects(
    rankDataset(join(folder, "few"), { question: "predict", trees: 1 }),
    /few: 19 trials ended well, required are 20$/,
  );
});
