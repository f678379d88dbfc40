import { median, sorted } from "../core/statistics.js";
import { studentQuantile } from "../core/student-t.js";
import type { DeviceNoise, MeasuredCell } from "./device-noise.js";

/** How often a cell is measured, what all cells take together, and how well a cell's latency is then known. */
export interface Repetitions {
  readonly sessions: number;
  /** Of each cell in each session. */
  readonly processes: number;
  /** Steady ones of each process, in the median of the cells. */
  readonly inferences: number;
  /** For all cells; without starting processes, of which nothing is recorded. */
  readonly measuringMs: number;
  /** Half of the 95 % interval of a cell's latency over the latency, on this host. */
  readonly halfWidth: number;
}

/** What would give a half width at least measuring time, beside what was done. */
export interface MeasuringAdvice {
  readonly wanted: number;
  readonly advised: Repetitions;
  readonly present: Repetitions;
  /** Whether the noise between sessions is known, and in the half widths. */
  readonly sessionsKnown: boolean;
}

/** The half width that is advised for, unless told. */
export const DEFAULT_HALF_WIDTH = 0.05;
/** Of fewer a median is little. */
const LEAST_INFERENCES = 10;
/** One process never shows how far the next one is off. */
const LEAST_PROCESSES = 2;

/**
 * How many sessions, processes and inferences give ± a share of a cell's latency at least measuring time: at each level
 * as many as balance what one more of the level above costs and how much its own noise is of that above, then as many
 * of the highest as the width needs.
 *
 * Source: Kalibera and Jones, Rigorous Benchmarking in Reasonable Time (2013), section 8.
 *
 * @param wanted the half width, above 0
 * @returns undefined where the noise between processes is unknown, because no cell was repeated
 */
export function measuringAdvice(noise: DeviceNoise, wanted = DEFAULT_HALF_WIDTH): MeasuringAdvice | undefined {
  const level = (name: string) => noise.latency.levels.find((one) => one.level === name);
  const [session, process] = [level("session"), level("process")];
  if (process?.variance === undefined || noise.cells.length === 0) return undefined;
  const { cells } = noise;
  const variances: Variances = {
    session: Math.max(0, session?.variance ?? 0),
    process: Math.max(0, process.variance),
    inference: noise.ofOneInference,
    quantile: studentQuantile(0.975, Math.max(1, process.degrees)),
  };
  const target = (wanted / variances.quantile) ** 2;
  const perProcess = cells.map((cell) => bestInferences(cell, variances, target));
  const inferences = Math.round(middle(perProcess));
  const msOf = (cell: MeasuredCell, count: number) => cell.processMs + count * cell.inferenceMs;
  const processMs = cells.reduce((sum, cell, index) => sum + msOf(cell, perProcess[index] ?? 0), 0);
  const startMs = noise.sessionMs ?? 0;
  const ofProcess = variances.process + variances.inference / inferences;
  const { sessions, processes } = bestGroups(variances.session, ofProcess, startMs / processMs, target);
  const present = presentOf(noise.cells, session?.groups ?? 1);
  return {
    wanted,
    advised: {
      ...{ sessions, processes, inferences },
      measuringMs: sessions * (startMs + processes * processMs),
      halfWidth: variances.quantile * Math.sqrt((variances.session + ofProcess / processes) / sessions),
    },
    present: {
      ...present,
      measuringMs:
        present.sessions * startMs + cells.reduce((sum, cell) => sum + cell.processes * msOf(cell, cell.inferences), 0),
      halfWidth:
        variances.quantile *
        Math.sqrt(
          (variances.session +
            (variances.process + variances.inference / Math.max(1, present.inferences)) / present.processes) /
            present.sessions,
        ),
    },
    sessionsKnown: session?.variance !== undefined,
  };
}

interface Variances {
  readonly session: number;
  readonly process: number;
  /** Of a process's median, times its inferences. */
  readonly inference: number;
  /** Of the interval, from the variance to the half width. */
  readonly quantile: number;
}

/** More than give the width by themselves are never worth it. */
function bestInferences({ processMs, inferenceMs }: MeasuredCell, variances: Variances, target: number): number {
  const balanced = Math.sqrt((processMs / inferenceMs) * (variances.inference / variances.process));
  const enough = variances.inference / target;
  return Math.max(LEAST_INFERENCES, Math.ceil(Math.min(Number.isNaN(balanced) ? 0 : balanced, enough)));
}

/** @param startOverProcess what a session takes before it measures, over one process of every cell */
function bestGroups(ofSession: number, ofProcess: number, startOverProcess: number, target: number) {
  if (ofSession === 0) return { sessions: 1, processes: Math.max(LEAST_PROCESSES, Math.ceil(ofProcess / target)) };
  const balanced = Math.max(1, Math.round(Math.sqrt((startOverProcess * ofProcess) / ofSession)));
  const sessions = Math.max(1, Math.ceil((ofSession + ofProcess / balanced) / target));
  const left = sessions * target - ofSession;
  const enough = left > 0 ? Math.ceil(ofProcess / left) : balanced;
  return { sessions, processes: Math.max(sessions === 1 ? LEAST_PROCESSES : 1, Math.min(balanced, enough)) };
}

function presentOf(cells: readonly MeasuredCell[], sessions: number) {
  return {
    sessions,
    processes: Math.max(1, Math.round(middle(cells.map(({ processes }) => processes)) / sessions)),
    inferences: Math.round(middle(cells.map(({ inferences }) => inferences))),
  };
}

function middle(values: readonly number[]): number {
  return median(sorted(values));
}
