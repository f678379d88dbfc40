import type { IntegerProgram } from "../program/integer-program.js";
import type { SearchOptions } from "./branch-and-bound.js";

/** What a solver's thread is asked. */
export type SolverTask =
  | {
      readonly kind: "solve";
      readonly program: IntegerProgram;
      readonly limitMs: number;
      readonly relativeGap: number;
    }
  | { readonly kind: "search"; readonly program: IntegerProgram; readonly options: SearchOptions };

/** What comes back: an answer, none where the solver itself failed, or what this project's own code threw. */
export type SolverReply = { readonly answer: unknown } | { readonly thrown: string };
