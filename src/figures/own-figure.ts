import type { Field } from "vega-lite/types_unstable/channeldef.js";
import type { LayerSpec } from "vega-lite/types_unstable/spec/index.js";
import type { Figure, Unit } from "./figure.js";

/** What a figure of one's own has; the rest has a default. */
export type OwnFigure = Pick<Figure, "name" | "title" | "data"> &
  Partial<Pick<Figure, "notes" | "source" | "shape">> & {
    /** One mark or layers of them. Width and height are those of the theme unless they are given. */
    readonly spec: Unit | LayerSpec<Field>;
  };

/**
 * A figure of one's own, as large as the theme says and drawn with its colours and letters.
 *
 * @example
 * const figure = ownFigure({
 *   name: "latency",
 *   title: "Latency by mini-batch size",
 *   data: [{ mini_batch_size: 1, latency_ms: 15 }],
 *   spec: {
 *     mark: "point",
 *     encoding: {
 *       x: { field: "mini_batch_size", type: "quantitative", title: "Mini-batch size" },
 *       y: { field: "latency_ms", type: "quantitative", title: "Latency (ms)" },
 *     },
 *   },
 * });
 * await renderFigure(figure, "figures");
 */
export function ownFigure({ notes = [], shape = { width: "column" }, spec, ...figure }: OwnFigure): Figure {
  return {
    ...figure,
    notes,
    shape,
    spec: ({ plot }) => ({ width: plot.widthPx, height: plot.heightPx, ...spec }),
  };
}
