import { groupBy } from "../../src/core/group-by.js";
import { seededRandom } from "../../src/core/seeded-random.js";
import { readDataPackage } from "../../src/dataset/data-package.js";
import { readPart } from "../../src/dataset/part-file.js";
import { readTrials } from "../../src/dataset/read-trials.js";
import { type InferenceRow, inferencesTable, type TrialRow } from "../../src/dataset/tables.js";
import type { ProcessOutcome } from "../../src/decide/process-outcome.js";
import { settledTimes } from "../../src/decide/settled-times.js";
import { SHORT_PROCESS } from "../../src/decide/short-process.js";
import { meanOf } from "../../src/fit/observed/cell-logs.js";
import { trialTimes } from "../../src/fit/trial-times.js";
import type { Length, ReplayedDevice } from "./device.js";

/** A measured process, as far as it is looked at. */
interface BankedProcess {
  readonly latencyMs: number;
  readonly firstMs: number;
  readonly durationMs: number;
}

/** A dataset's trials at each of its input sizes as devices whose processes are drawn from them, with replacement. */
export function bankedDevices(folder: string): ReplayedDevice[] {
  const trials = readTrials(folder);
  const inferences = groupBy(readPart(folder, inferencesTable), ({ trialId }) => trialId);
  const idleMs = { full: readDataPackage(folder).provenance.design.idle_ms ?? 0, short: SHORT_PROCESS.idle_ms };
  const processIn = (trial: TrialRow, length: Length) => {
    const process = processOf(inferences.get(trial.trialId) ?? [], length);
    return { ...process, durationMs: process.durationMs - idleMs.full + idleMs[length] };
  };
  const latenciesOf = ({ trialId }: TrialRow) =>
    (inferences.get(trialId) ?? []).toSorted((a, b) => a.iteration - b.iteration).map(({ latencyMs }) => latencyMs);
  const ok = trials.filter(({ status }) => status === "ok");
  const durationOf = (rows: readonly TrialRow[]) =>
    rows.reduce((sum, trial) => sum + processIn(trial, "full").durationMs, 0);
  return [...groupBy(ok, ({ inputSizePx }) => inputSizePx)].map(([inputSizePx, ofSize]) => {
    const cells = [...groupBy(ofSize, ({ miniBatchSize }) => miniBatchSize)].sort(([a], [b]) => a - b);
    const banks = {
      full: new Map(cells.map(([size, rows]) => [size, rows.map((row) => processIn(row, "full"))])),
      short: new Map(cells.map(([size, rows]) => [size, rows.map((row) => processIn(row, "short"))])),
    };
    const recorded = new Map(cells.map(([size, rows]) => [size, rows.map(latenciesOf)]));
    const all = trials.filter((trial) => trial.inputSizePx === inputSizePx);
    return {
      name: `${inputSizePx} px`,
      miniBatchSizes: [...new Set(all.map(({ miniBatchSize }) => miniBatchSize))].sort((a, b) => a - b),
      trials: Math.max(...cells.map(([, rows]) => rows.length)),
      gridMs: durationOf(ok),
      ownSizeMs: durationOf(ofSize),
      truths: cells.map(([miniBatchSize]) => ({
        miniBatchSize,
        typical: banks.full.get(miniBatchSize)?.[0] ?? { latencyMs: Number.NaN, firstMs: Number.NaN },
        capacityIn: (timeMs) => {
          const done = (recorded.get(miniBatchSize) ?? []).map((latenciesMs) => miniBatchesIn(timeMs, latenciesMs));
          return miniBatchSize * meanOf(done);
        },
      })),
      start: (stream, length) => {
        const random = seededRandom(inputSizePx, `decide bank ${stream}`);
        return {
          run(miniBatchSize): ProcessOutcome {
            const bank = banks[length].get(miniBatchSize) ?? [];
            const drawn = bank[random.integer(0, Math.max(0, bank.length - 1))];
            if (drawn !== undefined) return { miniBatchSize, status: "ran", ...drawn };
            return { miniBatchSize, status: "ran out of memory", durationMs: 0 };
          },
        };
      },
      execute: (stream) => {
        const random = seededRandom(inputSizePx, `decide bank ${stream}`);
        return (miniBatchSize, furtherMiniBatches) => {
          const bank = recorded.get(miniBatchSize) ?? [];
          const drawn = bank[random.integer(0, Math.max(0, bank.length - 1))];
          return drawn === undefined ? Number.POSITIVE_INFINITY : timeFor(1 + furtherMiniBatches, drawn);
        };
      },
    };
  });
}

/** How many inferences end within a time: the recorded ones one after the other, and then ones as the later half. */
function miniBatchesIn(timeMs: number, latenciesMs: readonly number[]): number {
  let [count, leftMs] = [0, timeMs];
  for (const latencyMs of latenciesMs) {
    if (latencyMs > leftMs) return count;
    leftMs -= latencyMs;
    count++;
  }
  return count + Math.floor(leftMs / meanOf(laterHalf(latenciesMs)));
}

/** How long so many inferences take, alike. */
function timeFor(count: number, latenciesMs: readonly number[]): number {
  const recordedMs = latenciesMs.slice(0, count).reduce((sum, latencyMs) => sum + latencyMs, 0);
  return recordedMs + Math.max(0, count - latenciesMs.length) * meanOf(laterHalf(latenciesMs));
}

function laterHalf(latenciesMs: readonly number[]): number[] {
  return latenciesMs.slice(Math.ceil(latenciesMs.length / 2));
}

/** A process as it was recorded, ended where one of that length ends. */
function processOf(rows: readonly InferenceRow[], length: Length): BankedProcess {
  const { min_inferences: leastInferences, max_steady_ms: steadyMs } = SHORT_PROCESS.stopping;
  const ordered = rows.toSorted((a, b) => a.iteration - b.iteration);
  const [first, ...steady] = ordered;
  const taken: number[] = [];
  let sumMs = 0;
  for (const { latencyMs } of steady) {
    if (length === "short" && taken.length >= leastInferences && sumMs >= steadyMs) break;
    taken.push(latencyMs);
    sumMs += latencyMs;
  }
  const firstMs = first?.latencyMs ?? 0;
  const durationMs = (first?.startedMs ?? 0) + firstMs + sumMs;
  const settled = settledTimes([firstMs, ...taken]);
  if (length === "short" && settled !== undefined) return { ...settled, durationMs };
  const { meanMs = Number.NaN, excessMs = 0 } = trialTimes(rows).get(first?.trialId ?? "") ?? {};
  return { latencyMs: meanMs, firstMs: firstMs + excessMs, durationMs };
}
