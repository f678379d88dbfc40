import { resolve } from "node:path";
import { UserError } from "../core/user-error.js";
import { cellsOf, shapeOf } from "../design/cells.js";
import { measureInTurns, type Sides } from "./measure-in-turns.js";
import { type SweepOptions, type SweepSummary, type SweepTarget, sweepAll } from "./sweep-targets.js";

/** What two sweeps measure in turns, and where to: the one that is compared with, and the one that is compared. */
export interface PairedSweepOptions
  extends Pick<SweepOptions, "format" | "resume" | "processNames" | "onEvent" | "signal"> {
  readonly a: SweepTarget;
  readonly b: SweepTarget;
}

/**
 * Measures two designs in turns in one session, trial by trial, so that what both meet there cancels when they are
 * compared. Each has its own dataset, whose runs name each other.
 *
 * @throws UserError as `runSweep`, or if a design has several devices, both have one folder, or no cell in common
 * @example
 * await runPairedSweep({ a: { design: before, folder: "data/a" }, b: { design: after, folder: "data/b" } });
 * const { quantities } = await compareDatasets({ folder: "data/a" }, { folder: "data/b" });
 */
export async function runPairedSweep({ a, b, ...options }: PairedSweepOptions): Promise<Sides<SweepSummary>> {
  requirePair(a, b);
  return sweepAll([a, b], options, ([first, second]) => measureInTurns([first, second]));
}

function requirePair(a: SweepTarget, b: SweepTarget): void {
  if (resolve(a.folder) === resolve(b.folder)) {
    throw new UserError(`paired sweep: both sides have the folder ${a.folder}, required are two`);
  }
  for (const { design } of [a, b]) {
    if (design.devices.length === 1) continue;
    throw new UserError(`paired sweep: design ${design.name} has ${design.devices.length} devices, allowed is one`);
  }
  const shapesOf = ({ design }: SweepTarget) => cellsOf(design).map(shapeOf);
  const shapes = new Set(shapesOf(a));
  if (!shapesOf(b).some((shape) => shapes.has(shape))) {
    throw new UserError("paired sweep: the designs have no input size and mini-batch size in common");
  }
}
