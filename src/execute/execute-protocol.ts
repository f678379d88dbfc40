import type { ExecutionProvider } from "../design/design.js";
import type { ModelInput } from "../model/model-input.js";

/** What the process of a device is told, as JSON. */
export interface DeviceSpec {
  readonly modelPath: string;
  readonly input: ModelInput;
  readonly provider: ExecutionProvider;
  readonly threads: number;
  readonly inputSizePx: number;
  readonly imagePaths: readonly string[];
  readonly miniBatchSize: number;
  /** How many run, the first one included. */
  readonly miniBatches: number;
  /** The size of the last one where that is smaller. */
  readonly lastMiniBatchSize?: number;
  readonly images: number;
  /** Before the common start: the model is loaded, nothing is, or the first inference has run, too. */
  readonly start: "loaded" | "cold" | "warm";
}

/** The line on its standard input on which every device starts. */
export const GO = "go";

/** What the process of a device tells, one JSON line each. Times are of the monotonic clock. */
export type DeviceEvent =
  | { readonly event: "ready" }
  | { readonly event: "done"; readonly finishedAtMs: number; readonly imagesDone: number }
  | { readonly event: "failed"; readonly detail: string };
