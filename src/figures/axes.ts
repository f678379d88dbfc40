import type { Axis } from "vega-lite/types_unstable/axis.js";
import type { ExprRef } from "vega-lite/types_unstable/expr.js";
import type { Layout } from "./layout.js";

/** The title of an axis in as many lines as its length needs. */
export function axisTitle(text: string, { plot, wrapped, textPx }: Layout, axis: "x" | "y"): string[] {
  const roomPx = axis === "x" ? plot.widthPx : plot.heightPx;
  // Titles are a pixel larger than other texts.
  return wrapped(text, (roomPx * textPx) / (textPx + 1));
}

/** An axis with a tick at each of some values, and labels where they have room. */
export function ticksAt(values: readonly number[]): Axis<ExprRef> {
  return { values: [...values], labelOverlap: "greedy", labelSeparation: 3, format: ",~f" };
}

/** A number as axes write it: with a comma between thousands. */
export function grouped(value: number): string {
  return value.toLocaleString("en-US");
}

/** The room that points need so that no edge of the data cuts them, in pixels. */
export const POINT_ROOM_PX = 6;
