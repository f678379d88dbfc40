import { counted } from "../core/counted.js";
import { groupBy } from "../core/group-by.js";
import { median, sorted } from "../core/statistics.js";
import type { Run } from "../dataset/runs.js";
import type { TrialRow } from "../dataset/tables.js";
import { deviceName } from "../design/design.js";
import { cellOf } from "./observed/observation.js";

/** What changes an inference beside the host: another version is another level. */
const RUNTIMES = ["node", "onnxruntime"] as const;

/** The trials of one host with the same runtime versions. */
export interface SessionLevel {
  readonly host: string;
  /** Of Node.js and ONNX Runtime, as far as they were recorded. */
  readonly versions: Readonly<Partial<Record<(typeof RUNTIMES)[number], string>>>;
  /** How many there are. */
  readonly trials: number;
  /** Cells that the first level measured, too, and the median over them of this level's latency over the first's. */
  readonly sharedCells: number;
  readonly latencyOverFirst: number | undefined;
}

/**
 * The levels of host and runtime in which trials that ended well were measured, the one with most trials first. Several
 * of them in one pool are a mixture, and the cells that they share say how far apart they are.
 *
 * @param runs those of the sweep, which say the versions
 */
export function sessionLevels(trials: readonly TrialRow[], runs: readonly Run[]): SessionLevel[] {
  const versionsOf = new Map(runs.map(({ runId, versions }) => [runId, runtimesIn(versions)]));
  const levels = [...groupBy(trials, ({ host, runId }) => JSON.stringify([host, versionsOf.get(runId)])).values()];
  const [first = [], ...others] = levels.sort((a, b) => b.length - a.length);
  return [first, ...others].flatMap((ofLevel) => {
    const [one] = ofLevel;
    if (one === undefined) return [];
    const ratios = ofLevel === first ? [] : latencyRatios(ofLevel, first);
    return [
      {
        host: one.host,
        versions: versionsOf.get(one.runId) ?? {},
        trials: ofLevel.length,
        sharedCells: ratios.length,
        latencyOverFirst: ratios.length === 0 ? undefined : median(sorted(ratios)),
      },
    ];
  });
}

/**
 * One line on trials that were measured in several levels, none where there is one.
 *
 * @param use what is done with them all together
 */
export function sessionNotes(levels: readonly SessionLevel[], use: "fitted" | "ranked" = "fitted"): string[] {
  if (levels.length < 2) return [];
  const each = levels.map((level, index) => {
    const versions = Object.entries(level.versions).map(([name, version]) => `${name} ${version}`);
    const what = `${[`host ${level.host}`, ...versions].join(", ")}: ${counted(level.trials, "trial")}`;
    if (index === 0) return what;
    return level.latencyOverFirst === undefined
      ? `${what}, no cell in common with the first`
      : `${what}, ${level.latencyOverFirst.toFixed(3)} times the latency of the first over ${counted(level.sharedCells, "cell")} of both`;
  });
  return [`one pool of ${levels.length} hosts or versions, ${use} together: ${each.join("; ")}`];
}

function runtimesIn(versions: Readonly<Record<string, string>>): SessionLevel["versions"] {
  return Object.fromEntries(
    RUNTIMES.flatMap((name) => (versions[name] === undefined ? [] : [[name, versions[name]] as const])),
  );
}

function latencyRatios(trials: readonly TrialRow[], others: readonly TrialRow[]): number[] {
  const reference = latencyByCell(others);
  return [...latencyByCell(trials)].flatMap(([cell, latencyMs]) => {
    const other = reference.get(cell);
    return other === undefined ? [] : [latencyMs / other];
  });
}

function latencyByCell(trials: readonly TrialRow[]): Map<string, number> {
  const cells = groupBy(
    trials.filter(({ steadyMedianMs = 0 }) => steadyMedianMs > 0),
    (trial) => `${deviceName(trial)} ${cellOf(trial)}`,
  );
  return new Map(
    [...cells].map(([cell, ofLevel]) => [
      cell,
      median(sorted(ofLevel.map(({ steadyMedianMs = 0 }) => steadyMedianMs))),
    ]),
  );
}
