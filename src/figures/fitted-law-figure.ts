import type { ColorDef, Field } from "vega-lite/types_unstable/channeldef.js";
import type { Transform } from "vega-lite/types_unstable/transform.js";
import { distinct } from "../core/distinct.js";
import { axisTitle, POINT_ROOM_PX, ticksAt } from "./axes.js";
import type { Figure, Position, Unit } from "./figure.js";
import type { Layout } from "./layout.js";
import { legendAt } from "./legend.js";
import { panelHeading, panelsOf } from "./panel-heading.js";
import { axisNameOf, type ShownQuantity } from "./shown-quantity.js";

/** A fitted value at one mini-batch size with the 95 % interval of a new process. */
export interface BandPoint {
  readonly miniBatchSize: number;
  readonly fitted: number;
  readonly low: number;
  readonly high: number;
}

/** One measured value and the one that was fitted. */
export interface FittedTrial {
  readonly miniBatchSize: number;
  readonly measured: number;
  readonly fitted: number;
}

/** A law at one input size with what it was fitted to. */
export interface ShownLaw {
  readonly inputSizePx: number;
  readonly quantity: ShownQuantity;
  /** The name of the law, or its formula where it has one. */
  readonly law: string;
  readonly band: readonly BandPoint[];
  /** The study's line beside it with its formula; undefined where it is the law. */
  readonly line:
    | {
        readonly formula: string;
        readonly points: readonly { readonly miniBatchSize: number; readonly value: number }[];
      }
    | undefined;
  readonly trials: readonly FittedTrial[];
}

/**
 * A quantity by mini-batch size at one input size: (a) the law with its prediction band and, dashed, the study's line,
 * (b) residuals (%). Law and line are named with their formulas.
 */
export function fittedLawFigure({ inputSizePx, quantity, law, band, line, trials }: ShownLaw): Figure {
  const { suffix, name } = quantity;
  const data = [
    ...band.map(({ miniBatchSize, fitted, low, high }) => ({
      kind: "band",
      mini_batch_size: miniBatchSize,
      [`fitted_${suffix}`]: fitted,
      [`low_${suffix}`]: low,
      [`high_${suffix}`]: high,
    })),
    ...(line?.points ?? []).map(({ miniBatchSize, value }) => ({
      kind: "line",
      mini_batch_size: miniBatchSize,
      [`fitted_${suffix}`]: value,
    })),
    ...trials.map(({ miniBatchSize, measured, fitted }) => ({
      kind: "trial",
      mini_batch_size: miniBatchSize,
      [`fitted_${suffix}`]: fitted,
      [`measured_${suffix}`]: measured,
      residual_percent: 100 * (measured / fitted - 1),
    })),
  ];
  const sizes = distinct(trials.map(({ miniBatchSize }) => miniBatchSize));
  const names = [law, ...(line === undefined ? [] : [line.formula])];
  return {
    name: "fitted-law",
    title: `${name} at ${inputSizePx} px by mini-batch size: the fitted law, and how trials are off it`,
    notes: [
      `(a) The solid line is the law (${law}); its band holds 95 % of new processes.`,
      ...(line === undefined
        ? []
        : [`The dashed line is linear in the mini-batch size b, as in the study: ${line.formula}.`]),
      `Points are trials. (b) Measured over fitted, as a difference from 1.`,
    ],
    shape: { width: "page", panels: 2 },
    data,
    spec: (layout) => {
      const x: Position = {
        field: "mini_batch_size",
        type: "quantitative",
        title: axisTitle("Mini-batch size", layout, "x"),
        axis: ticksAt(sizes),
        scale: { domain: [0, Math.max(1, ...sizes) * (1 + POINT_ROOM_PX / layout.plot.widthPx)], nice: false },
      };
      const panel = { width: layout.plot.widthPx, height: layout.plot.heightPx };
      const point = { type: "point" as const, shape: "circle" as const, size: 18, opacity: 0.7 };
      const measured = { value: layout.colour(2) };
      return {
        ...panelsOf(layout, [
          {
            ...panel,
            layer: [
              panelHeading(`(a) ${inputSizePx} px: law with 95 % band`, layout),
              ...lawLayers(layout, quantity, names, x),
              {
                transform: kindIs("trial"),
                mark: point,
                encoding: { x, y: valueAxis(quantity, "measured", layout), color: measured },
              },
            ],
          },
          {
            ...panel,
            layer: [
              panelHeading("(b) Residuals", layout),
              { data: { values: [{}] }, mark: "rule", encoding: { y: { datum: 0, type: "quantitative" } } },
              {
                transform: kindIs("trial"),
                mark: point,
                encoding: {
                  x,
                  y: {
                    field: "residual_percent",
                    type: "quantitative",
                    title: axisTitle("Measured over fitted − 1 (%)", layout, "y"),
                    axis: { tickCount: 6 },
                    scale: { padding: POINT_ROOM_PX },
                  },
                  color: measured,
                },
              },
            ],
          },
        ]),
        resolve: { scale: { color: "shared" } },
      };
    },
  };
}

/** The band, the law, and the dashed line where there is one, with a legend that says what they are. */
function lawLayers(layout: Layout, quantity: ShownQuantity, names: readonly string[], x: Position): Unit[] {
  const colour = names.map((_, index) => layout.colour(index));
  const told = (index: number): ColorDef<Field> => ({
    datum: names[index] ?? "",
    type: "nominal",
    title: null,
    scale: { domain: [...names], range: colour },
    legend: {
      ...legendAt(layout, null, names, "below"),
      symbolType: "stroke",
      symbolSize: 400,
      symbolStrokeWidth: 1.6,
      symbolDash: { expr: `datum.label === ${JSON.stringify(names[0])} ? [1, 0] : [4, 3]` },
    },
  });
  return [
    {
      transform: kindIs("band"),
      mark: { type: "area", opacity: 0.2, color: layout.colour(0) },
      encoding: { x, y: valueAxis(quantity, "low", layout), y2: { field: `high_${quantity.suffix}` } },
    },
    ...names.map(
      (_, index): Unit => ({
        transform: kindIs(index === 0 ? "band" : "line"),
        mark: index === 0 ? "line" : { type: "line", strokeDash: [4, 3], strokeWidth: 1.2 },
        encoding: { x, y: valueAxis(quantity, "fitted", layout), color: told(index) },
      }),
    ),
  ];
}

function valueAxis(quantity: ShownQuantity, what: string, layout: Layout): Position {
  return {
    field: `${what}_${quantity.suffix}`,
    type: "quantitative",
    title: axisTitle(axisNameOf(quantity), layout, "y"),
    axis: { tickCount: 6 },
  };
}

function kindIs(kind: string): Transform[] {
  return [{ filter: `datum.kind == '${kind}'` }];
}
