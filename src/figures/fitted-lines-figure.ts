import { distinct } from "../core/distinct.js";
import { axisTitle, POINT_ROOM_PX, ticksAt } from "./axes.js";
import { logTicks, powersOfTwo } from "./axis-ticks.js";
import type { Figure, Position } from "./figure.js";
import { series } from "./series.js";
import { axisNameOf, type ShownQuantity } from "./shown-quantity.js";

/** A measured or a predicted value of a cell. */
export interface CellValue {
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
  readonly value: number;
  /** Of a measured one: how many trials, and the lowest and the highest of them. */
  readonly of?: { readonly trials: number; readonly low: number; readonly high: number };
}

/**
 * A quantity by mini-batch size for each input size on logarithmic axes: measured points, and lines through the
 * predicted points. A logarithmic axis has no place for a value of zero or less, so such points are left out.
 */
export function fittedLinesFigure(
  quantity: ShownQuantity,
  measured: readonly CellValue[],
  predicted: readonly CellValue[],
): Figure {
  const column = `${quantity.name.toLowerCase().replace("-", "").replace(" ", "_")}_${quantity.suffix}`;
  const shown = [...rows("measured", measured), ...rows("fitted", predicted)].filter(({ value }) => value > 0);
  const data = shown.map(({ value, of, ...cell }) => ({
    ...cell,
    [column]: value,
    ...(of && { trials: of.trials, [`low_${quantity.suffix}`]: of.low, [`high_${quantity.suffix}`]: of.high }),
  }));
  const ticks = logTicks(shown.map(({ value }) => value));
  const sizes = distinct(shown.map((row) => row.input_size_px));
  return {
    name: "fitted-lines",
    title: `${quantity.name} by mini-batch size, one line for each input size`,
    notes: [
      "Lines are linear in the mini-batch size, fitted at each input size as in the study; marks are medians over trials.",
      "Both axes are logarithmic: a line with a constant bends.",
    ],
    shape: { width: "column", plotHeightPx: () => 210 },
    data,
    spec: (layout) => {
      const axes: Record<"x" | "y", Position> = {
        x: {
          field: "mini_batch_size",
          type: "quantitative",
          title: axisTitle("Mini-batch size", layout, "x"),
          scale: { type: "log", nice: false, padding: POINT_ROOM_PX },
          axis: ticksAt(powersOfTwo(shown.map((row) => row.mini_batch_size))),
        },
        y: {
          field: column,
          type: "quantitative",
          title: axisTitle(axisNameOf(quantity), layout, "y"),
          scale: { type: "log", nice: false, domain: [ticks.at(0) ?? 1, ticks.at(-1) ?? 10] },
          axis: ticksAt(ticks),
        },
      };
      const { marks, lines } = series(layout, "input_size_px", "Input size (px)", sizes);
      const kindIs = (kind: string) => ({ filter: `datum.kind == '${kind}'` });
      return {
        width: layout.plot.widthPx,
        height: layout.plot.heightPx,
        layer: [
          ...lines(axes, [kindIs("fitted")]),
          { transform: [kindIs("measured")], mark: "point", encoding: { ...axes, ...marks } },
        ],
      };
    },
  };
}

function rows(kind: "measured" | "fitted", points: readonly CellValue[]) {
  return points
    .map(({ inputSizePx, miniBatchSize, value, of }) => ({
      kind,
      input_size_px: inputSizePx,
      mini_batch_size: miniBatchSize,
      value,
      of,
    }))
    .sort((a, b) => a.input_size_px - b.input_size_px || a.mini_batch_size - b.mini_batch_size);
}
