import { distinct } from "../core/distinct.js";
import { groupBy } from "../core/group-by.js";
import { largestOf } from "../core/largest-of.js";
import { median, sorted } from "../core/statistics.js";
import { axisTitle, grouped, POINT_ROOM_PX, ticksAt } from "./axes.js";
import { powersOfTwo } from "./axis-ticks.js";
import type { Figure, FigureSpec, Position, Row, Unit } from "./figure.js";
import type { Layout } from "./layout.js";
import { figureNote } from "./panel-heading.js";
import { series } from "./series.js";
import { CROSS } from "./theme.js";

/** A cell by its sizes. */
export interface MemoryCell {
  readonly inputSizePx: number;
  readonly miniBatchSize: number;
}

/** The peak memory of one trial. */
export interface MemoryPoint extends MemoryCell {
  readonly peakMemoryMib: number;
}

/** What is known of the memory of a device. */
export interface MeasuredPeaks {
  /** The trials that ended well. */
  readonly trials: readonly MemoryPoint[];
  /** The cells of which a trial ran out of memory. */
  readonly outOfMemory: readonly MemoryCell[];
  /** The memory that a trial may use; undefined where it is all that the machine has. */
  readonly limitMib: number | undefined;
}

/** More series than there are colours can't be told apart. */
const MOST_SERIES = 10;
const OTHERS = "others";
/** From the limit to the crosses of the first line and from each line's to the next's, as a share of the limit. */
const CROSS_STEP = 0.055;
/** All crosses together take no more than this share of the limit. */
const MOST_FOR_CROSSES = 0.3;
/** So that the highest point is not cut. */
const ROOM_ABOVE = 1.03;

/**
 * Peak memory (MiB) by input size (px), one line per mini-batch size: medians over trials, with every trial as a faint
 * point, the limit as a line and a cross for each cell that ran out of memory (figure 2 of the study). Where there are
 * too many mini-batch sizes to tell apart, by mini-batch size with one line per input size.
 */
export function memoryFigure({ trials, outOfMemory, limitMib }: MeasuredPeaks): Figure {
  const all = [...trials, ...outOfMemory];
  const [alike, other] = triedAtSeveralSizes(all);
  const byMiniBatch = alike.length <= MOST_SERIES;
  const seriesOf = ({ inputSizePx, miniBatchSize }: MemoryCell) =>
    !byMiniBatch ? inputSizePx : alike.includes(miniBatchSize) ? miniBatchSize : OTHERS;
  const row = (kind: string, cell: MemoryCell, own: Row): Row => ({
    kind,
    input_size_px: cell.inputSizePx,
    mini_batch_size: cell.miniBatchSize,
    series: seriesOf(cell),
    ...own,
  });
  const cells = [...groupBy(trials, cellName).values()];
  const medians = cells.flatMap((cell) => {
    const [first] = cell;
    if (first === undefined) return [];
    const peaks = sorted(cell.map(({ peakMemoryMib }) => peakMemoryMib));
    const range = { low_mib: peaks.at(0) ?? 0, high_mib: peaks.at(-1) ?? 0 };
    return [row("median", first, { peak_memory_mib: median(peaks), trials: peaks.length, ...range })];
  });
  const topMib = limitMib ?? largestOf(trials.map(({ peakMemoryMib }) => peakMemoryMib));
  const inOrder = (rows: readonly Row[]) =>
    rows.toSorted(
      (a, b) =>
        Number(a.mini_batch_size) - Number(b.mini_batch_size) || Number(a.input_size_px) - Number(b.input_size_px),
    );
  const exceeding = inOrder(
    [...groupBy(outOfMemory, cellName).values()].flatMap(([first]) =>
      first === undefined ? [] : [row("out of memory", first, {})],
    ),
  );
  // Each line has its crosses at a height of its own, so that none hides another.
  const levels = [...new Set(exceeding.map((cross) => cross.series))];
  const step = topMib * Math.min(CROSS_STEP, MOST_FOR_CROSSES / Math.max(1, levels.length));
  const crosses = exceeding.map((cross) => ({
    ...cross,
    drawn_at_mib: topMib + step * (levels.indexOf(cross.series) + 1),
  }));
  const data = [
    ...inOrder(medians),
    ...inOrder(trials.map((trial) => row("trial", trial, { peak_memory_mib: trial.peakMemoryMib }))),
    ...crosses,
  ];
  const values = byMiniBatch
    ? [...alike, ...(other.length > 0 && alike.length > 0 ? [OTHERS] : [])]
    : distinct(all.map(({ inputSizePx }) => inputSizePx));
  const highestMib = Math.max(ROOM_ABOVE * topMib, levels.length === 0 ? 0 : topMib + step * (levels.length + 1));
  return {
    name: "memory",
    title: byMiniBatch
      ? "Peak memory by input size, one line for each mini-batch size"
      : "Peak memory by mini-batch size, one line for each input size",
    notes: [
      "Marks on lines are medians over trials, faint points are the trials.",
      ...(limitMib === undefined ? [] : [`The dashed line is the limit of ${grouped(limitMib)} MiB.`]),
      ...(crosses.length === 0
        ? []
        : [
            "Crosses above are cells of which a trial ran out of memory, those of each line in a row: their height says no " +
              "more.",
          ]),
      ...(values.includes(OTHERS) ? ["Others are mini-batch sizes that were tried at one input size alone."] : []),
    ],
    shape: { width: "column", plotHeightPx: () => 200 },
    data,
    spec: (layout) =>
      memorySpec(layout, {
        byMiniBatch,
        values,
        highestMib,
        axisEndMib: crosses.length > 0 ? topMib : highestMib,
        limitMib,
        hasCrosses: crosses.length > 0,
        ran: new Set(medians.map((point) => point.series)),
        all,
      }),
  };
}

function cellName({ inputSizePx, miniBatchSize }: MemoryCell): string {
  return `${inputSizePx} ${miniBatchSize}`;
}

/** The mini-batch sizes that were tried at several input sizes, or all where none was, and the others. */
function triedAtSeveralSizes(cells: readonly MemoryCell[]): readonly [alike: number[], other: number[]] {
  const sizes = groupBy(cells, ({ miniBatchSize }) => miniBatchSize);
  const isAlike = (miniBatchSize: number) =>
    new Set(sizes.get(miniBatchSize)?.map(({ inputSizePx }) => inputSizePx)).size > 1;
  const all = distinct(sizes.keys());
  const alike = all.filter(isAlike);
  return alike.length === 0 ? [all, []] : [alike, all.filter((size) => !isAlike(size))];
}

interface MemoryDrawing {
  readonly byMiniBatch: boolean;
  readonly values: readonly (number | string)[];
  readonly highestMib: number;
  /** The highest value that has a tick. */
  readonly axisEndMib: number;
  readonly limitMib: number | undefined;
  readonly hasCrosses: boolean;
  /** The series of which a cell ran. */
  readonly ran: ReadonlySet<string | number | undefined>;
  readonly all: readonly MemoryCell[];
}

function memorySpec(layout: Layout, drawing: MemoryDrawing): FigureSpec {
  const { byMiniBatch, values, highestMib, axisEndMib, limitMib, hasCrosses, ran, all } = drawing;
  const sizes = distinct(all.map(({ inputSizePx }) => inputSizePx));
  const miniBatches = all.map(({ miniBatchSize }) => miniBatchSize);
  const x: Position = byMiniBatch
    ? {
        field: "input_size_px",
        type: "quantitative",
        title: axisTitle("Input size (px)", layout, "x"),
        axis: ticksAt(sizes),
        scale: { nice: false, zero: false, padding: POINT_ROOM_PX },
      }
    : {
        field: "mini_batch_size",
        type: "quantitative",
        title: axisTitle("Mini-batch size", layout, "x"),
        axis: ticksAt(powersOfTwo(miniBatches)),
        scale: { type: "log", nice: false, padding: POINT_ROOM_PX },
      };
  const y: Position = {
    type: "quantitative",
    title: axisTitle("Peak memory (MiB)", layout, "y"),
    axis: {
      tickCount: 6,
      // Above the limit are crosses, whose height says nothing.
      labelExpr: `datum.value > ${axisEndMib} ? '' : datum.label`,
      gridOpacity: { condition: { test: `datum.value > ${axisEndMib}`, value: 0 }, value: 1 },
      tickOpacity: { condition: { test: `datum.value > ${axisEndMib}`, value: 0 }, value: 1 },
    },
    scale: { domain: [0, highestMib], nice: false },
  };
  const { marks, lines } = series(layout, "series", byMiniBatch ? "Mini-batch" : "Input size (px)", values);
  const peak: Position = { ...y, field: "peak_memory_mib" };
  const kindIs = (kind: string) => [{ filter: `datum.kind === '${kind}'` }];
  const limit: Unit = {
    data: { values: [{}] },
    mark: { type: "rule", strokeDash: [6, 3] },
    encoding: { y: { ...y, datum: limitMib ?? 0 } },
  };
  const crosses: Unit = {
    transform: kindIs("out of memory"),
    mark: { type: "point", shape: CROSS, size: 34, filled: false, strokeWidth: 1.4 },
    encoding: { x, y: { ...y, field: "drawn_at_mib" }, color: marks.color },
  };
  return {
    width: layout.plot.widthPx,
    height: layout.plot.heightPx,
    title: figureNote(
      [
        "Lines: medians",
        "faint points: trials",
        ...(limitMib === undefined ? [] : [`dashes: limit of ${grouped(limitMib)} MiB`]),
        ...(hasCrosses ? ["×: ran out of it"] : []),
      ].join("; "),
      layout,
    ),
    layer: [
      {
        transform: kindIs("trial"),
        mark: { type: "point", shape: "circle", size: 14 },
        encoding: { x, y: peak, color: marks.color, opacity: { value: 0.35 } },
      },
      ...lines({ x, y: peak }, kindIs("median")).filter((_, index) => ran.has(values[index])),
      { transform: kindIs("median"), mark: "point", encoding: { x, y: peak, ...marks } },
      ...(hasCrosses ? [crosses] : []),
      ...(limitMib === undefined ? [] : [limit]),
    ],
  };
}
