import type { Feature } from "../hardware/reading/feature.js";
import { type Column, number, oneOf, optional, type Table, text } from "./table.js";
import { PHASES, type Phase } from "./tables.js";

/** One sample: what it belongs to, then the features by name; a missing value is undefined. */
export interface HardwareRow {
  readonly trialId: string;
  /** `sampler`: from outside on a fixed interval; `probe`: from inside at the phase boundaries. */
  readonly instrument: "sampler" | "probe";
  readonly phase: Phase;
  readonly elapsedMs: number;
  readonly [feature: string]: string | number | undefined;
}

/** The hardware table for the features that a dataset records; its columns are named after them. */
export function hardwareTable(features: readonly Feature[]): Table<HardwareRow> {
  const fixed = {
    trialId: text("trial_id", "The trial that was running"),
    instrument: oneOf("instrument", ["sampler", "probe"], "Which instrument took the sample"),
    phase: oneOf("phase", PHASES, "What the trial was doing"),
    elapsedMs: number("elapsed_ms", "Since the start of the idle phase", { unit: "ms" }),
  };
  const measured = Object.fromEntries(
    features.map(({ name, unit, description }): [string, Column<number | undefined>] => [
      name,
      optional(number(name, description, { unit })),
    ]),
  );
  return {
    name: "hardware",
    description: "One row per hardware sample",
    primaryKey: [],
    belongsToTrial: true,
    columns: { ...fixed, ...measured } as unknown as Table<HardwareRow>["columns"],
  };
}
