import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readSides } from "../../src/compare/compared-side.js";
import { pairsOf } from "../../src/compare/paired-trials.js";
import { checkDataset } from "../../src/dataset/check-dataset.js";
import { readPart } from "../../src/dataset/part-file.js";
import { readTrials } from "../../src/dataset/read-trials.js";
import { imagesTable, pulsesTable, trialsTable } from "../../src/dataset/tables.js";
import { designSchema } from "../../src/design/design.js";
import { fitDataset } from "../../src/fit/fit-dataset.js";
import { largestMiniBatch } from "../../src/fit/largest-mini-batch.js";
import type { SystemCheck } from "../../src/hardware/system/check-system.js";
import { type PairedSweepOptions, runPairedSweep } from "../../src/measure/paired-sweep.js";
import { runSweep } from "../../src/measure/sweep.js";
import type { SweepEvent } from "../../src/measure/sweep-event.js";
import type { SweepOptions } from "../../src/measure/sweep-targets.js";
import { assertKept, finishedRows } from "../dataset/kept-rows.js";
import { playing, UP_TO_TWO, WELL } from "./played-trial.js";
import { writeSmallModel } from "./small-model.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-sweep-"));
after(() => rmSync(folder, { recursive: true }));
const model = join(folder, "mean.onnx");
writeSmallModel(model, {
  shape: ["N", 3, "H", "W"],
  nodes: [{ opType: "ReduceMean", input: ["images"], output: "mean", attributes: { axes: [2, 3], keepdims: 0 } }],
});

function designOf(more: object = {}) {
  return designSchema.parse({
    name: "sweep",
    model,
    input_sizes_px: [32],
    mini_batch_sizes: [1, 2, 4, 8],
    trials: 2,
    devices: [{ threads: 1 }],
    pulse: false,
    ...more,
  });
}

/** A trial that says what it was told in place of measuring. */
const ECHO = 'tell({ event: "failed", status: "crashed", detail: work() }); process.exit(1)';

async function sweep(
  name: string,
  more: Partial<SweepOptions> = {},
  script = `${WELL}; process.exit(0)`,
  pulse = "process.exit(0)",
) {
  const dataset = join(folder, name);
  const events: Exclude<SweepEvent, { kind: "system_checked" }>[] = [];
  const checks: SystemCheck[] = [];
  const onEvent = (event: SweepEvent) => {
    if (event.kind === "system_checked") checks.push(event.check);
    else events.push(event);
    more.onEvent?.(event);
  };
  const options = { design: designOf(), folder: dataset, ...more, onEvent };
  const summary = await playing({ "trial-process.js": script, "pulse-process.js": pulse }, () => runSweep(options));
  return { dataset, events, checks, summary, trials: readPart(dataset, trialsTable) };
}

function packageOf(dataset: string) {
  return JSON.parse(readFileSync(join(dataset, "datapackage.json"), "utf8"));
}

test("a sweep measures every trial of its design, in rounds, and leaves a sound dataset and nothing else", async () => {
  const scratch = join(folder, "scratch");
  mkdirSync(scratch);
  const before = process.env.TMPDIR;
  process.env.TMPDIR = scratch;
  const { dataset, events, summary, trials } = await sweep("whole").finally(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  });
  assert.deepEqual(summary, { folder: dataset, complete: true, trials: 8, byStatus: { ok: 8 } });
  for (const round of [1, 2]) {
    const own = trials.slice(4 * (round - 1), 4 * round);
    assert.deepEqual(own.map(({ miniBatchSize }) => miniBatchSize).sort(), [1, 2, 4, 8]);
    assert.ok(own.every(({ trial }) => trial === round));
  }
  assert.deepEqual(events[0], { kind: "started", total: 8, alreadyDone: 0, droppedLines: 0 });
  const told = events
    .slice(1)
    .map((event) => ("planned" in event ? `${event.kind} ${event.planned.trialId}` : event.kind));
  assert.deepEqual(
    told,
    trials.flatMap(({ trialId }) => [`trial_started ${trialId}`, `trial_ended ${trialId}`]),
  );
  const starts = trials.map(({ startedAt }) => startedAt);
  assert.deepEqual(starts, [...starts].sort());
  assert.equal(packageOf(dataset).status, "finished");
  assert.deepEqual(await checkDataset(dataset), []);
  assert.equal(existsSync(join(dataset, "sweep.lock")), false);
  const left = readdirSync(scratch).filter((name) => name.startsWith("batchwise-"));
  assert.deepEqual(left, [], "dummy images are removed");
  assert.ok(readPart(dataset, imagesTable).every(({ source }) => source === "dummy"));
});

test("a sweep's dataset says where, with what and when it was measured", async () => {
  const dataset = join(folder, "whole");
  const [{ host, model: name, runId } = { host: "", model: "", runId: "" }] = readPart(dataset, trialsTable);
  assert.match(host, /^[0-9a-f]{12}$/);
  assert.equal(name, "mean");
  const { runs, model: described, versions, features } = packageOf(dataset).provenance;
  assert.equal(runs.length, 1);
  assert.equal(runs[0].run_id, runId);
  assert.ok(runs[0].started_at <= runs[0].ended_at);
  const { facts, checks } = runs[0].system;
  // Oracle: what the kernel says of the machine.
  assert.equal(facts.cores.allowed.length, availableParallelism());
  assert.equal(facts.load.allowedCores, availableParallelism());
  const seen = checks.map(({ name: what }: { name: string }) => what);
  for (const what of ["other load", "lost time", "fresh page"]) assert.ok(seen.includes(what), what);
  assert.equal(described.name, "mean");
  assert.equal(versions.node, process.versions.node);
  assert.ok(features.length > 0);
});

test("a sweep that fails says that it was interrupted, and lets go of its folder", async () => {
  let ended = 0;
  const onEvent = (event: SweepEvent) => {
    if (event.kind === "trial_ended" && ++ended === 4) throw new Error("no more paper");
  };
  await assert.rejects(sweep("frontier", { onEvent }, UP_TO_TWO), { message: "no more paper" });
  const dataset = join(folder, "frontier");
  assert.equal(packageOf(dataset).status, "interrupted");
  assert.equal(existsSync(join(dataset, "sweep.lock")), false);
  assert.equal(readPart(dataset, trialsTable).length, 4);
  assert.deepEqual(await checkDataset(dataset), []);
});

test("cells above one that ran out of memory are skipped with the reason, no others, in a later run, too", async () => {
  const { trials, summary } = await sweep("frontier", {}, UP_TO_TWO);
  const of = (mbs: number) => trials.filter(({ miniBatchSize }) => miniBatchSize === mbs).map(({ status }) => status);
  assert.deepEqual(
    [of(1), of(2), of(4)],
    [
      ["ok", "ok"],
      ["ok", "ok"],
      ["out_of_memory", "out_of_memory"],
    ],
  );
  const order = trials.map(({ miniBatchSize }) => miniBatchSize);
  const fourFirst = order.indexOf(4) < order.indexOf(8);
  assert.deepEqual(of(8), [fourFirst ? "skipped" : "out_of_memory", "skipped"]);
  const detail = (mbs: number) => trials.findLast(({ miniBatchSize }) => miniBatchSize === mbs)?.detail;
  assert.equal(detail(8), "mini-batch size 4 ran out of memory at 32 px already");
  assert.equal(detail(4), "no room");
  const skipped = of(8).filter((status) => status === "skipped").length;
  assert.deepEqual(of(3), ["out_of_memory"], "what is between the two is measured when the design is");
  assert.equal(order.at(-1), 3);
  assert.deepEqual(summary.byStatus, { ok: 4, out_of_memory: 5 - skipped, skipped });
});

/** Up to eleven images of 32 px have room, any number of 48 px; mini-batches of `crashing` end without a word. */
const upToEleven = (crashing?: number) => `const { miniBatchSize, inputSizePx } = JSON.parse(work());
  if (miniBatchSize === ${crashing}) process.exit(9);
  if (inputSizePx === 48 || miniBatchSize <= 11) { ${WELL}; }
  else { tell({ event: "failed", status: "out_of_memory", detail: "no room" }); }
  process.exit(0)`;

test("a sweep halves the bracket of a size that ran out, goes on where it was stopped, and repeats nothing", async () => {
  const design = designOf({ input_sizes_px: [32, 48], mini_batch_sizes: [8, 20], trials: 1 });
  const stop = new AbortController();
  const onEvent = (event: SweepEvent) => {
    if (event.kind === "trial_started" && event.planned.cell.miniBatchSize === 10) stop.abort();
  };
  const first = await sweep("bisected", { design, onEvent, signal: stop.signal }, upToEleven());
  assert.deepEqual([first.summary.complete, first.summary.trials], [false, 5]);
  const second = await sweep("bisected", { design }, upToEleven(10));
  const third = await sweep("bisected", { design, retry: ["crashed"] }, upToEleven());
  // √(8 × 20) is 13, √(8 × 13) is 10, √(10 × 13) is 11: three more trials, and 12 stays unknown.
  assert.deepEqual(
    third.trials.slice(4).map(({ trialId, status }) => [trialId, status]),
    [
      ["cpu-1t-32px-13mb-1", "out_of_memory"],
      ["cpu-1t-32px-10mb-1", "crashed"],
      ["cpu-1t-32px-10mb-1-attempt-2", "ok"],
      ["cpu-1t-32px-11mb-1", "ok"],
    ],
  );
  assert.deepEqual(third.summary, {
    folder: third.dataset,
    complete: true,
    trials: 7,
    byStatus: { ok: 5, out_of_memory: 2 },
  });
  const counts = [first, second, third].map(({ events }) =>
    events.flatMap((event) => {
      if (event.kind === "started") return [`${event.alreadyDone} of ${event.total}`];
      return event.kind === "extended" ? [`of ${event.total}`] : [];
    }),
  );
  assert.deepEqual(counts, [
    ["0 of 4", "of 5", "of 6"],
    ["5 of 5", "of 6"],
    ["5 of 6", "of 7"],
  ]);
  assert.deepEqual(await checkDataset(third.dataset), []);
  const [fit] = fitDataset(third.dataset);
  const { miniBatchSize, smallestExceeding } = largestMiniBatch(fit ?? assert.fail(), 32);
  assert.deepEqual([miniBatchSize, smallestExceeding], [11, 13]);
});

test("cells are repeated until their latency is known, round by round, and a later run adds nothing", async () => {
  const design = designOf({ mini_batch_sizes: [1, 2], max_trials: 9 });
  const first = await sweep("repeated", { design });
  // Processes that do not differ: five show it, and one more is measured.
  assert.deepEqual(
    first.trials.map(({ trial }) => trial),
    [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6],
  );
  const goals = first.events.flatMap((event) => (event.kind === "extended" ? [`${event.goal} ${event.total}`] : []));
  assert.deepEqual(goals, ["latency 6", "latency 8", "latency 10", "latency 12"]);
  assert.deepEqual(await checkDataset(first.dataset), []);
  const second = await sweep("repeated", { design });
  assert.deepEqual(second.events, [{ kind: "started", total: 12, alreadyDone: 12, droppedLines: 0 }]);
});

test("a cell whose processes differ gets as many trials as the design allows", async () => {
  // Every other process takes ten times as long.
  const slow = join(folder, "slow");
  const script = `let isSlow = true;
    try { readFileSync(${JSON.stringify(slow)}); unlinkSync(${JSON.stringify(slow)}); isSlow = false; }
    catch { mark(${JSON.stringify(slow)}); }
    ${WELL.replace('"latencyMs":4', '"latencyMs":isSlow ? 40 : 4')};
    process.exit(0)`;
  const { trials } = await sweep("scattered", { design: designOf({ mini_batch_sizes: [1], max_trials: 7 }) }, script);
  assert.deepEqual(
    trials.map(({ steadyMedianMs }) => steadyMedianMs),
    [40, 4, 40, 4, 40, 4, 40],
  );
});

test("a sweep again measures each cell that ended well once more, in a run of its own, and only after a first one", async () => {
  const options = { design: designOf({ trials: 1 }), again: 2 };
  await assert.rejects(sweep("again", options, UP_TO_TWO), /^UserError: .*again: holds nothing to measure again/);
  const first = await sweep("again", { design: options.design }, UP_TO_TWO);
  const second = await sweep("again", options, UP_TO_TWO);
  const added = second.trials.slice(first.trials.length);
  assert.deepEqual(added.map(({ miniBatchSize, trial }) => `${miniBatchSize} ${trial}`).sort(), [
    "1 2",
    "1 3",
    "2 2",
    "2 3",
  ]);
  assert.deepEqual(
    added.map(({ trial }) => trial),
    [2, 2, 3, 3],
    "round by round",
  );
  const runs = new Set(first.trials.map(({ runId }) => runId));
  assert.ok(added.every(({ runId }) => !runs.has(runId)));
  assert.deepEqual(
    second.events.flatMap((event) => (event.kind === "extended" ? [event.goal] : [])),
    ["another session", "another session"],
  );
  assert.equal(fitDataset(second.dataset)[0]?.runs, 2);
  // What a sweep had left comes first, and takes nothing from how often cells are measured again.
  const stop = new AbortController();
  const stopAtProbe = (event: SweepEvent) => {
    if (event.kind === "trial_started" && event.planned.cell.miniBatchSize === 3) stop.abort();
  };
  await sweep("left", { design: options.design, onEvent: stopAtProbe, signal: stop.signal }, UP_TO_TWO);
  const left = await sweep("left", { ...options, again: 1 }, UP_TO_TWO);
  assert.deepEqual(
    left.events.flatMap((event) => (event.kind === "extended" ? [event.goal] : [])),
    ["largest mini-batch", "another session"],
  );
  const third = await sweep("again", { design: options.design }, UP_TO_TWO);
  assert.equal(third.trials.length, second.trials.length, "without being asked for nothing more");
  assert.deepEqual(await checkDataset(third.dataset), []);
});

test("a sweep that is told to stop discards the trial that runs, and the next run goes on and keeps every byte", async () => {
  const stop = new AbortController();
  let started = 0;
  const onEvent = (event: SweepEvent) => {
    if (event.kind === "trial_started" && ++started === 4) stop.abort();
  };
  const first = await sweep("stopped", { onEvent, signal: stop.signal });
  assert.deepEqual(first.summary, { folder: first.dataset, complete: false, trials: 3, byStatus: { ok: 3 } });
  assert.equal(packageOf(first.dataset).status, "interrupted");
  assert.deepEqual(await checkDataset(first.dataset), []);
  const before = finishedRows(first.dataset);
  assert.equal(before.trialIds.length, 3);

  const second = await sweep("stopped");
  assertKept(before, second.dataset);
  assert.deepEqual(second.events[0], { kind: "started", total: 8, alreadyDone: 3, droppedLines: 0 });
  assert.equal(new Set(second.trials.map(({ trialId }) => trialId)).size, 8);
  const { runs } = packageOf(second.dataset).provenance;
  assert.deepEqual(
    second.trials.map(({ runId }) => runs.findIndex((run: { run_id: string }) => run.run_id === runId)),
    [0, 0, 0, 1, 1, 1, 1, 1],
  );
  assert.ok(runs.every((run: { ended_at?: string }) => run.ended_at !== undefined));
  const told = [first, second].map(({ checks: [check] }) => [check?.summary, check?.lookedMs]);
  assert.deepEqual(
    runs.map(({ system }: { system: Record<string, unknown> }) => [system.summary, system.looked_ms]),
    told,
    "each run keeps what was found when it began",
  );

  const third = await sweep("stopped");
  assertKept(finishedRows(second.dataset), third.dataset);
  assert.deepEqual(third.events, [{ kind: "started", total: 8, alreadyDone: 8, droppedLines: 0 }]);
  assert.equal(third.summary.complete, true);
});

test("a dataset that may not be resumed is refused as it is", async () => {
  const dataset = join(folder, "whole");
  const kept = finishedRows(dataset);
  const refused = (more: Partial<SweepOptions>, message: RegExp) =>
    assert.rejects(runSweep({ design: designOf(), folder: dataset, ...more }), { name: "UserError", message });
  await refused({ resume: false }, /whole: holds a dataset already, allowed with --resume or another folder$/);
  await refused({ design: designOf({ seed: 2 }) }, /whole: its design has seed 1, not 2, choose another folder$/);
  assertKept(kept, dataset);
  assert.equal(existsSync(join(dataset, "sweep.lock")), false);
});

test("a trial is told its cell, the rule and the limits of the design, and the images of its size", async () => {
  const stopping = { min_inferences: 11, max_inferences: 12, max_steady_ms: 13, relative_half_width: 0.5 };
  const more = {
    input_sizes_px: [32, 48],
    mini_batch_sizes: [2],
    trials: 1,
    idle_ms: 7,
    memory_limit_mib: 321,
    stopping,
  };
  const { trials } = await sweep("told", { design: designOf(more) }, ECHO);
  const told = trials.map(({ detail }) => JSON.parse(detail ?? "{}")).sort((a, b) => a.inputSizePx - b.inputSizePx);
  assert.equal(told.length, 2);
  for (const [index, size] of [32, 48].entries()) {
    const { imagePaths, input, ...spec } = told[index];
    assert.equal(input.name, "images");
    assert.deepEqual(spec, {
      ...{ modelPath: model, provider: "cpu", threads: 1, concurrent: 1, inputSizePx: size, miniBatchSize: 2 },
      ...{ stopping, idleMs: 7, memoryLimitMib: 321 },
    });
    assert.equal(imagePaths.length, 16);
    assert.match(imagePaths[0], new RegExp(`/${size}px-0\\.jpg$`));
  }
});

test("a device may have more threads than there are cores, and all the memory where there is no limit", async () => {
  const threads = availableParallelism() + 1;
  const { trials } = await sweep(
    "memory",
    { design: designOf({ devices: [{ threads }], mini_batch_sizes: [1], trials: 1 }) },
    ECHO,
  );
  const [told] = trials.map(({ detail }) => JSON.parse(detail ?? "{}"));
  assert.equal(told.threads, threads);
  // Oracle: what the kernel says of the machine, and less in a container.
  const total = /^MemTotal:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "latin1"))?.[1];
  const constrained = process.constrainedMemory() / 2 ** 20;
  const machineMib = Number(total) / 1024;
  const expected = constrained > 0 && constrained < machineMib ? constrained : machineMib;
  assert.ok(Math.abs(told.memoryLimitMib - expected) < 1, `${told.memoryLimitMib} is not ${expected}`);
});

test("devices that this machine has too few cores for, or no provider, are refused before anything is written", async () => {
  const cores = availableParallelism();
  const refused = (device: object, message: RegExp) => {
    const options = { design: designOf({ devices: [{ threads: 1 }, device] }), folder: join(folder, "refused") };
    return assert.rejects(runSweep(options), { name: "UserError", message });
  };
  await refused({ threads: cores, concurrent: 2 }, /2 devices side by side with .* threads: need \d+ cores/);
  await refused({ provider: "coreml" }, /execution provider coreml: not in this installation/);
  assert.equal(existsSync(join(folder, "refused")), false);
});

test("a trial that took too long is measured again where this is asked for, and only then", async () => {
  const own = { name: "late", mini_batch_sizes: [1], trials: 1, timeout_ms: 3000 };
  const late = { design: designOf({ ...own }) };
  const statuses = ({ trials }: Awaited<ReturnType<typeof sweep>>) =>
    trials.map(({ trialId, status }) => [trialId, status]);
  const first = ["cpu-1t-32px-1mb-1", "timeout"];
  assert.deepEqual(statuses(await sweep("late", late, "await stay()")), [first]);
  assert.deepEqual(statuses(await sweep("late", { ...late, retry: ["crashed"] })), [first]);
  const { dataset, trials, summary } = await sweep("late", { ...late, retry: ["timeout", "crashed"] });
  assert.deepEqual(
    trials.map(({ trialId, status }) => [trialId, status]),
    [first, [`${first[0]}-attempt-2`, "ok"]],
  );
  assert.deepEqual(summary.byStatus, { ok: 1 });
  assert.deepEqual(await checkDataset(dataset), []);
});

/** A pulse of 2 ms that takes longer from one reading on for some, as a busy neighbour would make it. */
const pulseWithSpell = (from: number, to: number, slowMs: number) => `tell({ event: "ready" });
  let reading = 0;
  for await (const line of (await import("node:readline")).createInterface({ input: process.stdin })) {
    const slow = reading >= ${from} && reading < ${to};
    tell({ event: "reading", inferenceMs: slow ? ${slowMs} : 2, ...(line.includes("memory") && { touchUsPerPage: 3 }) });
    reading++;
  }
  process.exit(0)`;

test("a trial around which the machine was slow is measured again, and the slow one stays", async () => {
  const design = designOf({ trials: 4, pulse: true });
  // Readings come in pairs: the twelfth trial meets the spell, when eleven have told what is usual.
  const first = await sweep("spell", { design }, `${WELL}; process.exit(0)`, pulseWithSpell(22, 24, 5));
  const again = first.trials.filter(({ trialId }) => trialId.includes("attempt"));
  const slow = first.trials[11];
  assert.deepEqual(
    again.map(({ trialId, status }) => [trialId, status]),
    [[`${slow?.trialId}-attempt-2`, "ok"]],
  );
  assert.match(slow?.cautions ?? "", /slow spell: the same small inference took 2\.50 times as long as is usual/);
  assert.equal(again[0]?.cautions, undefined);
  assert.deepEqual(
    first.events.flatMap((event) => (event.kind === "extended" ? [`${event.goal} ${event.total}`] : [])),
    ["slow spell 17"],
  );
  const pulses = readPart(first.dataset, pulsesTable);
  assert.equal(pulses.length, 17);
  assert.deepEqual(pulses[11], { trialId: slow?.trialId, pulseBeforeMs: 5, pulseAfterMs: 5, touchUsPerPage: 3 });
  assert.deepEqual(await checkDataset(first.dataset), []);
  assert.equal(readTrials(first.dataset).length, 16, "the last attempt counts");
  const second = await sweep("spell", { design }, `${WELL}; process.exit(0)`, pulseWithSpell(0, 0, 2));
  assert.equal(second.trials.length, 17, "a later run adds nothing");
});

test("a sweep goes on where no pulse can be taken, says so once, and its dataset is sound", async () => {
  const design = designOf({ trials: 3, pulse: true });
  const script = 'tell({ event: "failed", detail: "no such device" }); process.exit(1)';
  const { dataset, events, trials } = await sweep("pulseless", { design }, `${WELL}; process.exit(0)`, script);
  assert.deepEqual(
    events.flatMap((event) => (event.kind === "pulse_failed" ? [event.detail] : [])),
    ["no such device"],
  );
  assert.ok(trials.every(({ status }) => status === "ok"));
  assert.deepEqual(readPart(dataset, pulsesTable), []);
  assert.deepEqual(await checkDataset(dataset), []);
});

/** Played trials of two designs in turns. */
async function pairedSweep(name: string, more: { a?: object; b?: object } & Omit<PairedSweepOptions, "a" | "b"> = {}) {
  const { a = {}, b = {}, ...options } = more;
  const [folderA, folderB] = [join(folder, `${name}-a`), join(folder, `${name}-b`)];
  const started: string[] = [];
  const summaries = await playing({ "trial-process.js": UP_TO_TWO }, () =>
    runPairedSweep({
      a: { design: designOf({ mini_batch_sizes: [1, 2], ...a }), folder: folderA },
      b: { design: designOf({ mini_batch_sizes: [1, 2], devices: [{ threads: 2 }], ...b }), folder: folderB },
      ...options,
      onEvent: (event) => {
        if (event.kind === "trial_started") started.push(event.planned.trialId);
        options.onEvent?.(event);
      },
    }),
  );
  return { folderA, folderB, started, summaries };
}

test("two designs are measured in turns, stop and go on together, and their runs name each other", async () => {
  const stop = new AbortController();
  let ended = 0;
  const onEvent = (event: SweepEvent) => {
    if (event.kind === "trial_ended" && ++ended === 3) stop.abort();
  };
  const a = { trials: 4, mini_batch_sizes: [1, 2, 8] };
  const b = { trials: 4 };
  const first = await pairedSweep("turns", { a, b, onEvent, signal: stop.signal });
  assert.deepEqual(
    first.summaries.map(({ complete }) => complete),
    [false, false],
  );
  const second = await pairedSweep("turns", { a, b });
  assert.deepEqual(
    second.summaries.map(({ complete }) => complete),
    [true, true],
  );
  const order = [...first.started.slice(0, 3), ...second.started];
  assert.equal(new Set(order).size, order.length, "nothing twice");
  // Where both have a trial the two follow each other, and either side comes first now and then.
  const shapeOf = (id: string) => id.replace(/^cpu-\dt-/, "");
  const pairs = [...new Set(order.map(shapeOf))].map((shape) => order.filter((id) => shapeOf(id) === shape));
  const complete = pairs.filter(({ length }) => length === 2);
  assert.equal(complete.length, 8);
  for (const [one = "", other = ""] of complete) assert.equal(order.indexOf(other), order.indexOf(one) + 1);
  const firsts = complete.map(([one = ""]) => one.slice(0, 6));
  assert.deepEqual(new Set(firsts), new Set(["cpu-1t", "cpu-2t"]));
  // Two images have room: of the side that tried eight, what is between is looked for.
  assert.ok(order.includes("cpu-1t-32px-4mb-1") && !order.includes("cpu-2t-32px-4mb-1"));
  const [runsA, runsB] = [first.folderA, first.folderB].map((dataset) => packageOf(dataset).provenance.runs);
  assert.deepEqual(
    runsA.map((run: { paired_with: string }) => run.paired_with),
    runsB.map((run: { run_id: string }) => run.run_id),
  );
  assert.deepEqual(
    runsB.map((run: { paired_with: string }) => run.paired_with),
    runsA.map((run: { run_id: string }) => run.run_id),
  );
  for (const dataset of [first.folderA, first.folderB]) assert.deepEqual(await checkDataset(dataset), []);
  const [sideA, sideB] = readSides(
    { folder: first.folderA, device: "cpu-1t" },
    { folder: first.folderB, device: "cpu-2t" },
  );
  const pairsFound = pairsOf(sideA, sideB) ?? [];
  // A pair of which one half was measured in the first run and the other in the second is none.
  assert.ok(pairsFound.length === 8 || pairsFound.length === 7, String(pairsFound.length));
  assert.ok(pairsFound.every(({ a: one, b: other }) => one.trial === other.trial));
});

test("a pair that can't be is refused before anything is written", async () => {
  const refused = (more: Parameters<typeof pairedSweep>[1], message: RegExp) =>
    assert.rejects(pairedSweep("no-pair", more), { name: "UserError", message });
  await refused({ a: { devices: [{ threads: 1 }, { threads: 2 }] } }, /design sweep has 2 devices, allowed is one$/);
  await refused({ b: { mini_batch_sizes: [4] } }, /no input size and mini-batch size in common$/);
  const target = { design: designOf(), folder: join(folder, "no-pair-a") };
  await assert.rejects(runPairedSweep({ a: target, b: target }), /both sides have the folder/);
  assert.equal(existsSync(join(folder, "no-pair-a")), false);
});
