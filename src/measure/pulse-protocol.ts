import type { ExecutionProvider } from "../design/design.js";

/** What a pulse's process is told, as JSON. */
export interface PulseSpec {
  readonly modelPath: string;
  readonly provider: ExecutionProvider;
  readonly threads: number;
}

/** What the process is asked for, a line on its standard input each: the inference alone, or the memory as well. */
export type PulseRequest = "inference" | "inference and memory";

/** What the machine does just then. */
export interface PulseReading {
  /** The median of the same small inference, over some 75 ms. */
  readonly inferenceMs: number;
  /** What a page of 4 KiB costs that is touched for the first time; only where it was asked for. */
  readonly touchUsPerPage?: number;
}

/** What a pulse's process tells, one JSON line each. */
export type PulseEvent =
  | { readonly event: "ready" }
  | ({ readonly event: "reading" } & PulseReading)
  | { readonly event: "failed"; readonly detail: string };
