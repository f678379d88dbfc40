import type { Field, PositionFieldDef } from "vega-lite/types_unstable/channeldef.js";
import type { NonNormalizedSpec, UnitSpec } from "vega-lite/types_unstable/spec/index.js";
import type { FigureShape, Layout } from "./layout.js";

/** One row of a figure's data, with units in the names of the columns. */
export type Row = Readonly<Record<string, string | number>>;

/** A Vega-Lite specification without data and theme, which `figureSpec` adds. */
export type FigureSpec = NonNormalizedSpec;

/** A layer of a figure: one kind of mark. */
export type Unit = UnitSpec<Field>;

/** What stands on an axis. */
export type Position = PositionFieldDef<Field>;

/** A figure: its data, what they show, and how Vega-Lite draws them. */
export interface Figure {
  /** The name of its files, without extension. */
  readonly name: string;
  /** What it shows, in a line without a full stop. Not drawn: journals set titles as captions. */
  readonly title: string;
  /** What its marks, bars and bands mean, a sentence each. */
  readonly notes: readonly string[];
  /** What it was drawn from, as a sentence: dataset, device, trials. */
  readonly source?: string;
  readonly shape: FigureShape;
  /** How it is drawn with the room and the colours that it gets. */
  spec(layout: Layout): FigureSpec;
  readonly data: readonly Row[];
}
