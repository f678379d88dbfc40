import { z } from "zod";

export interface Range {
  readonly least: number;
  readonly most: number;
}

/** A number within a range; a message shows the one that is not. */
export function numberIn({ least, most }: Range, kind: "numbers" | "whole numbers" = "numbers") {
  const allowed = `allowed are ${kind} from ${least} to ${most}`;
  return z
    .custom<number>((value) => isIn({ least, most }, value) && (kind === "numbers" || Number.isInteger(value)), {
      error: ({ input }) => `${shown(input)}, ${allowed}`,
    })
    .meta({ type: kind === "numbers" ? "number" : "integer", minimum: least, maximum: most });
}

export function isIn({ least, most }: Range, value: unknown): value is number {
  return typeof value === "number" && value >= least && value <= most;
}

/** A value of a file in a message. */
export function shown(value: unknown): string {
  if (value === undefined) return "missing";
  return typeof value === "number" ? `${value}` : JSON.stringify(value);
}
