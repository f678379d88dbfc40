import type { Phase } from "../dataset/tables.js";
import type { ExecutionProvider, StoppingRule } from "../design/design.js";
import type { ModelInput } from "../model/model-input.js";
import type { StoppedBy } from "./stopping.js";

/** What a trial's process is told, as JSON. */
export interface TrialSpec {
  readonly modelPath: string;
  readonly input: ModelInput;
  readonly provider: ExecutionProvider;
  readonly threads: number;
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
  readonly imagePaths: readonly string[];
  readonly stopping: StoppingRule;
  readonly idleMs: number;
  readonly memoryLimitMib: number;
}

/** What a list of processes shows of a cell. */
export function labelOf(cell: Pick<TrialSpec, "modelPath" | "inputSizePx" | "miniBatchSize">): string {
  return `${cell.modelPath} ${cell.inputSizePx} px x ${cell.miniBatchSize}`;
}

/** Monotonic time and latency of one inference. */
export interface TimedInference {
  readonly startedAtMs: number;
  readonly latencyMs: number;
}

/** What a trial's process tells, one JSON line each. Times are of the monotonic clock. */
export type TrialEvent =
  | { readonly event: "prepared"; readonly decodeMs: number; readonly resizeMs: number; readonly tensorMs: number }
  | { readonly event: "phase"; readonly phase: Phase; readonly atMs: number }
  | { readonly event: "loaded"; readonly loadMs: number }
  | { readonly event: "inferences"; readonly inferences: readonly TimedInference[] }
  | {
      readonly event: "probe";
      readonly atMs: number;
      readonly values: readonly (number | null)[];
    }
  | {
      readonly event: "done";
      readonly stoppedBy: StoppedBy;
      readonly relativeHalfWidth: number;
      readonly finiteOutputs: boolean;
      readonly idleMemoryMib?: number;
      readonly peakMemoryMib: number;
    }
  | ({ readonly event: "failed" } & TrialFailure);

/** What a companion's process tells, one JSON line each. */
export type CompanionEvent = { readonly event: "steady" } | ({ readonly event: "failed" } & TrialFailure);

/** Why a process that runs a cell ended before its time. */
export interface TrialFailure {
  readonly status: "out_of_memory" | "unsupported" | "crashed";
  readonly detail: string;
}
