import { distinct } from "../core/distinct.js";
import { panelHeading } from "./panel-heading.js";
import type { Figure } from "./render-figure.js";
import { PANEL_PX } from "./theme.js";

/** A fitted latency at one mini-batch size with the 95 % interval of a new process. */
export interface BandPoint {
  readonly miniBatchSize: number;
  readonly fittedMs: number;
  readonly lowMs: number;
  readonly highMs: number;
}

/** One measured latency and the one that was fitted. */
export interface FittedTrial {
  readonly miniBatchSize: number;
  readonly measuredMs: number;
  readonly fittedMs: number;
}

export interface FittedLaw {
  readonly inputSizePx: number;
  /** Its name or formula. */
  readonly law: string;
  readonly band: readonly BandPoint[];
  /** The study's line beside it; empty where it is the law. */
  readonly line: readonly { readonly miniBatchSize: number; readonly latencyMs: number }[];
  readonly trials: readonly FittedTrial[];
}

/** Both panels have an axis with labels, of a fixed extent, so that the figure is as wide as a page. */
const AXIS = { minExtent: 38, maxExtent: 38, tickCount: 6 };
const WIDTH_PX = PANEL_PX - 24;

/**
 * Latency (ms) by mini-batch size at one input size: (a) the law with its prediction band and, dashed, the study's
 * line, (b) residuals (%).
 */
export function fittedLawFigure({ inputSizePx, law, band, line, trials }: FittedLaw): Figure {
  const data = [
    ...band.map(({ miniBatchSize, fittedMs, lowMs, highMs }) => ({
      kind: "band",
      mini_batch_size: miniBatchSize,
      fitted_ms: fittedMs,
      low_ms: lowMs,
      high_ms: highMs,
    })),
    ...line.map(({ miniBatchSize, latencyMs }) => ({
      kind: "line",
      mini_batch_size: miniBatchSize,
      fitted_ms: latencyMs,
    })),
    ...trials.map(({ miniBatchSize, measuredMs, fittedMs }) => ({
      kind: "trial",
      mini_batch_size: miniBatchSize,
      fitted_ms: fittedMs,
      measured_ms: measuredMs,
      residual_percent: 100 * (measuredMs / fittedMs - 1),
    })),
  ];
  const x = {
    field: "mini_batch_size",
    type: "quantitative",
    title: "Mini-batch size",
    axis: {
      values: distinct(trials.map(({ miniBatchSize }) => miniBatchSize)),
      labelOverlap: "greedy",
      labelSeparation: 3,
    },
    scale: { zero: true, nice: false },
  };
  const latency = (field: string) => ({ field, type: "quantitative", title: "Latency L (ms)", axis: AXIS });
  const kindIs = (kind: string) => [{ filter: `datum.kind == '${kind}'` }];
  return {
    name: "fitted-law",
    title:
      `Latency at ${inputSizePx} px: ${law}; the band holds 95 % of new processes` +
      (line.length === 0 ? "" : "; dashed: the study's line"),
    data,
    spec: {
      hconcat: [
        {
          width: WIDTH_PX,
          height: 190,
          layer: [
            panelHeading("(a) Law and 95 % prediction band", WIDTH_PX),
            {
              transform: kindIs("band"),
              mark: { type: "area", opacity: 0.2 },
              encoding: { x, y: latency("low_ms"), y2: { field: "high_ms" } },
            },
            {
              transform: kindIs("band"),
              mark: "line",
              encoding: { x, y: latency("fitted_ms") },
            },
            ...(line.length === 0
              ? []
              : [
                  {
                    transform: kindIs("line"),
                    mark: { type: "line", strokeDash: [4, 3], strokeWidth: 1, color: "black" },
                    encoding: { x, y: latency("fitted_ms") },
                  },
                ]),
            {
              transform: kindIs("trial"),
              mark: { type: "point", color: "black", size: 18 },
              encoding: { x, y: latency("measured_ms") },
            },
          ],
        },
        {
          width: WIDTH_PX,
          height: 190,
          layer: [
            panelHeading("(b) Residuals", WIDTH_PX),
            { data: { values: [{}] }, mark: "rule", encoding: { y: { datum: 0 } } },
            {
              transform: kindIs("trial"),
              mark: { type: "point", color: "black", size: 18 },
              encoding: {
                x,
                y: {
                  field: "residual_percent",
                  type: "quantitative",
                  title: "Measured over fitted − 1 (%)",
                  axis: AXIS,
                },
              },
            },
          ],
        },
      ],
    },
  };
}
