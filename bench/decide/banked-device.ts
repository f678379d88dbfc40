import { groupBy } from "../../src/core/group-by.js";
import { seededRandom } from "../../src/core/seeded-random.js";
import { readPart } from "../../src/dataset/part-file.js";
import { readTrials } from "../../src/dataset/read-trials.js";
import { type InferenceRow, inferencesTable, type TrialRow } from "../../src/dataset/tables.js";
import type { ProcessOutcome } from "../../src/decide/process-outcome.js";
import type { Length, ReplayedDevice } from "./device.js";

const SHORT = { inferences: 4, ms: 300 };

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
  const process = (trial: TrialRow, length: Length) => processOf(inferences.get(trial.trialId) ?? [], length);
  const ok = trials.filter(({ status }) => status === "ok");
  const durationOf = (rows: readonly TrialRow[]) =>
    rows.reduce((sum, trial) => sum + process(trial, "full").durationMs, 0);
  return [...groupBy(ok, ({ inputSizePx }) => inputSizePx)].map(([inputSizePx, ofSize]) => {
    const cells = [...groupBy(ofSize, ({ miniBatchSize }) => miniBatchSize)].sort(([a], [b]) => a - b);
    const banks = {
      full: new Map(cells.map(([size, rows]) => [size, rows.map((row) => process(row, "full"))])),
      short: new Map(cells.map(([size, rows]) => [size, rows.map((row) => process(row, "short"))])),
    };
    const all = trials.filter((trial) => trial.inputSizePx === inputSizePx);
    return {
      name: `${inputSizePx} px`,
      miniBatchSizes: [...new Set(all.map(({ miniBatchSize }) => miniBatchSize))].sort((a, b) => a - b),
      trials: Math.max(...cells.map(([, rows]) => rows.length)),
      gridMs: durationOf(ok),
      ownSizeMs: durationOf(ofSize),
      truths: [...banks.full].map(([miniBatchSize, processes]) => ({ miniBatchSize, processes })),
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
    };
  });
}

function processOf(rows: readonly InferenceRow[], length: Length): BankedProcess {
  const [first, ...steady] = rows.toSorted((a, b) => a.iteration - b.iteration);
  let [taken, sumMs] = [0, 0];
  for (const { latencyMs } of steady) {
    if (length === "short" && taken >= SHORT.inferences && sumMs >= SHORT.ms) break;
    taken++;
    sumMs += latencyMs;
  }
  const startedMs = first?.startedMs ?? 0;
  const firstMs = first?.latencyMs ?? 0;
  return { latencyMs: sumMs / taken, firstMs, durationMs: startedMs + firstMs + sumMs };
}
