import { distinct } from "../core/distinct.js";
import type { LackOfFit } from "../fit/lack-of-fit.js";
import { powersOfTwo } from "./axis-ticks.js";
import { panelHeading } from "./panel-heading.js";
import type { Figure } from "./render-figure.js";
import { series } from "./series.js";
import { PANEL_PX } from "./theme.js";

/** A quantity's name for readers, and how its chosen function misses its cells. */
export interface MisfitPanel {
  readonly heading: string;
  readonly test: LackOfFit;
}

const WIDTH_PX = PANEL_PX - 19;
/** From one input size to the next, as a factor of the mini-batch size. */
const ASIDE = 1.06;

/**
 * How far chosen functions are off (%) at each measured cell, by mini-batch size, one colour and shape for each input
 * size: marks with 95 % intervals from the scatter of trials. A law that is right has marks on both sides of 0 in no
 * order.
 */
export function lackOfFitFigure(panels: readonly MisfitPanel[]): Figure {
  const sizes = distinct(panels.flatMap(({ test }) => test.cells.map(({ inputSizePx }) => inputSizePx)));
  const data = panels
    .flatMap(({ heading, test }) =>
      test.cells.map(({ inputSizePx, miniBatchSize, error, interval }) => ({
        quantity: heading,
        input_size_px: inputSizePx,
        mini_batch_size: miniBatchSize,
        // Sizes stand side by side, so that intervals of the same mini-batch do not hide each other.
        place: miniBatchSize * ASIDE ** (sizes.indexOf(inputSizePx) - (sizes.length - 1) / 2),
        error_percent: 100 * error,
        low_percent: 100 * interval.low,
        high_percent: 100 * interval.high,
      })),
    )
    .sort((a, b) => a.input_size_px - b.input_size_px || a.mini_batch_size - b.mini_batch_size);
  const { marks } = series("input_size_px", "Input size (px)", sizes);
  const legend = { orient: "bottom", direction: "horizontal", titleOrient: "left" };
  const told = { color: { ...marks.color, legend }, shape: { ...marks.shape, legend } };
  const x = {
    field: "place",
    type: "quantitative",
    title: "Mini-batch size",
    scale: { type: "log", nice: false, padding: 6 },
    axis: { values: powersOfTwo(data.map((row) => row.mini_batch_size)), format: "~r" },
  };
  const y = (field: string) => ({
    field,
    type: "quantitative",
    title: "Function over measured − 1 (%)",
    axis: { minExtent: 38, maxExtent: 38, tickCount: 7 },
  });
  return {
    name: "lack-of-fit",
    title: "How far the chosen functions are off at each measured cell, with 95 % intervals from the scatter of trials",
    data,
    spec: {
      hconcat: panels.map(({ heading, test: { f, degrees, pValue } }, index) => ({
        width: WIDTH_PX,
        height: 220,
        transform: [{ filter: `datum.quantity === ${JSON.stringify(heading)}` }],
        layer: [
          panelHeading(
            `(${"abc"[index]}) ${heading}: F(${degrees.join(", ")}) = ${f.toPrecision(3)}, p = ${pValue.toPrecision(1)}`,
            WIDTH_PX,
          ),
          { mark: { type: "rule", strokeDash: [3, 3] }, encoding: { y: { datum: 0, type: "quantitative" } } },
          {
            mark: { type: "rule", strokeWidth: 0.8 },
            encoding: { x, y: y("low_percent"), y2: { field: "high_percent" }, color: told.color },
          },
          { mark: "point", encoding: { x, y: y("error_percent"), ...told } },
        ],
      })),
    },
  };
}
