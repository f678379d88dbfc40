import { distinct } from "../core/distinct.js";
import type { LargestMiniBatch } from "../fit/largest-mini-batch.js";
import { axisTitle, grouped, POINT_ROOM_PX, ticksAt } from "./axes.js";
import { powersOfTwo } from "./axis-ticks.js";
import type { Figure, Position, Unit } from "./figure.js";
import type { Layout } from "./layout.js";
import { figureNote } from "./panel-heading.js";
import { series } from "./series.js";
import { CROSS } from "./theme.js";

/** The largest mini-batch at one input size and memory. */
export interface LargestMiniBatchPoint {
  readonly memoryMib: number;
  readonly largest: LargestMiniBatch;
}

/** A cell that was tried, and whether a trial of it ran out of memory. */
export interface TriedCell {
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
  readonly ranOut: boolean;
}

const AT_LEAST = "at least";
/** Marks of several memories at the same size stand beside each other. */
const ASIDE_PX = 4;

/**
 * The largest mini-batch that fits, by input size (px), one line for each memory (MiB), over the cells that were tried:
 * a bar up to the last one below the smallest that did not fit, and an open triangle without a line where none is known
 * not to fit. None is shown where not one image fits.
 *
 * @param tried the cells that were measured, and that ran out of the most memory
 */
export function largestMiniBatchFigure(
  points: readonly LargestMiniBatchPoint[],
  tried: readonly TriedCell[] = [],
): Figure {
  const largest = points
    .filter(({ largest }) => largest.miniBatchSize >= 1)
    .map(({ memoryMib, largest: { inputSizePx, miniBatchSize, restsOn, smallestExceeding } }) => ({
      kind: "largest",
      memory_mib: memoryMib,
      input_size_px: inputSizePx,
      mini_batch_size: miniBatchSize,
      rests_on: restsOn,
      high: smallestExceeding === undefined ? miniBatchSize : smallestExceeding - 1,
    }));
  const cells = largest.length === 0 ? [] : tried;
  const data = [
    ...largest,
    ...cells
      .map(({ inputSizePx, miniBatchSize, ranOut }) => ({
        kind: ranOut ? "ran out" : "ran",
        input_size_px: inputSizePx,
        mini_batch_size: miniBatchSize,
      }))
      .sort((a, b) => a.input_size_px - b.input_size_px || a.mini_batch_size - b.mini_batch_size),
  ];
  const memories = distinct(largest.map((row) => row.memory_mib)).reverse();
  const most = grouped(memories[0] ?? 0);
  const isOpen = largest.some((row) => row.rests_on === AT_LEAST);
  const ranOut = cells.some((cell) => cell.ranOut);
  return {
    name: "largest-mini-batch",
    title: "The largest mini-batch that fits, by input size, for several memories",
    notes: [
      "Bars go up to the last mini-batch that is not known not to fit.",
      ...(isOpen
        ? ["Open triangles are at least: nothing larger was tried, it may be far more, and no line goes there."]
        : []),
      ...(cells.length === 0
        ? []
        : [`Grey dots are cells that ran${ranOut ? `, crosses ran out of ${most} MiB` : ""}.`]),
      "Marks of several memories stand beside each other.",
    ],
    shape: { width: "column", plotHeightPx: () => 210 },
    data,
    spec: (layout) => {
      const x: Position = {
        field: "input_size_px",
        type: "quantitative",
        title: axisTitle("Input size (px)", layout, "x"),
        scale: { zero: false, nice: false, padding: POINT_ROOM_PX + ASIDE_PX },
        axis: ticksAt(distinct(data.map((row) => row.input_size_px))),
      };
      const values = [...data.map((row) => row.mini_batch_size), ...largest.map(({ high }) => high)];
      const y = (field: string): Position => ({
        field,
        type: "quantitative",
        title: axisTitle("Largest mini-batch", layout, "y"),
        scale: { type: "log", nice: false, padding: POINT_ROOM_PX },
        axis: ticksAt(powersOfTwo(values)),
      });
      const { marks, dashes } = series(layout, "memory_mib", "Memory (MiB)", memories);
      const shown = { x, y: y("mini_batch_size") };
      const bounded = { filter: `datum.rests_on !== '${AT_LEAST}'` };
      const ofMemory = memories.flatMap((memory, index): Unit[] => {
        const own = { filter: `datum.memory_mib === ${memory}` };
        const xOffset = (index - (memories.length - 1) / 2) * ASIDE_PX;
        const rows = largest.filter((row) => row.memory_mib === memory);
        const isBounded = rows.some((row) => row.rests_on !== AT_LEAST);
        const beyond = {
          calculate: `datum.rests_on === '${AT_LEAST}' ? null : datum.mini_batch_size`,
          as: "mini_batch_size",
        };
        return [
          ...(isBounded
            ? [
                {
                  transform: [own, beyond],
                  mark: { type: "line" as const, xOffset, strokeDash: [...(dashes[index] ?? [])] },
                  encoding: { ...shown, color: marks.color },
                },
                {
                  transform: [own, bounded],
                  mark: { type: "rule" as const, xOffset, x2Offset: xOffset },
                  encoding: { x, y: y("mini_batch_size"), y2: { field: "high" }, color: marks.color },
                },
                {
                  transform: [own, bounded],
                  mark: { type: "point" as const, xOffset },
                  encoding: { ...shown, ...marks },
                },
              ]
            : []),
          ...(rows.some((row) => row.rests_on === AT_LEAST)
            ? [
                {
                  transform: [own, { filter: `datum.rests_on === '${AT_LEAST}'` }],
                  mark: {
                    type: "point" as const,
                    xOffset,
                    shape: "triangle-up" as const,
                    filled: false,
                    strokeWidth: 1.2,
                    fill: layout.paper,
                  },
                  encoding: { ...shown, color: marks.color },
                },
              ]
            : []),
        ];
      });
      return {
        width: layout.plot.widthPx,
        height: layout.plot.heightPx,
        title: figureNote(noteOf({ isOpen, hasCells: cells.length > 0, ranOut, most }), layout),
        layer: [
          ...(cells.every((cell) => cell.ranOut) ? [] : [cellLayer(layout, shown, "ran", "circle", 10)]),
          ...(ranOut ? [cellLayer(layout, shown, "ran out", CROSS, 26)] : []),
          ...ofMemory,
        ],
      };
    },
  };
}

function noteOf(has: { isOpen: boolean; hasCells: boolean; ranOut: boolean; most: string }): string {
  return [
    ...(has.isOpen ? ["open: at least"] : []),
    "bars: up to the smallest that did not fit",
    ...(has.hasCells ? [`dots: ran${has.ranOut ? `; ×: ran out of ${has.most} MiB` : ""}`] : []),
  ].join("; ");
}

function cellLayer({ ink }: Layout, encoding: Unit["encoding"], kind: string, shape: string, size: number): Unit {
  return {
    transform: [{ filter: `datum.kind === '${kind}'` }],
    mark: { type: "point", shape, size, filled: shape === "circle", color: ink, opacity: 0.5, strokeWidth: 1.2 },
    ...(encoding && { encoding }),
  };
}
