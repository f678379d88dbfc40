import type { Field } from "vega-lite/types_unstable/channeldef.js";
import type { LayerSpec } from "vega-lite/types_unstable/spec/index.js";
import { distinct } from "../core/distinct.js";
import { allowedChoices, bestSchedule, type CapacityRule, scheduleOf } from "../plan/question/capacity.js";
import type { DeviceType } from "../plan/question/device-type.js";
import { axisTitle, POINT_ROOM_PX, ticksAt } from "./axes.js";
import { logTicks } from "./axis-ticks.js";
import type { Figure, Position, Unit } from "./figure.js";
import { figureNote, panelHeading } from "./panel-heading.js";
import { series } from "./series.js";

const DEADLINES = 150;
/** Where no range is given: up to so many times the slowest first inference. */
const LONGEST = 100;
/** Beyond so many percent lost no line is drawn: nobody takes such a mini-batch. */
const MOST_LOST = 50;
const MOST_LINES = 8;
const MOST_PANELS = 4;

/** What a figure by deadline is told beside the device types. */
export interface DeadlineOptions {
  readonly rule?: CapacityRule;
  /** Default: from the fastest first inference to a hundred times the slowest one. */
  readonly rangeUs?: readonly [fromUs: number, toUs: number];
  /** How far the times are off, as a ratio: what is lost below it is no difference. Default: it is not known. */
  readonly error?: number;
}

/**
 * What a device loses with each mini-batch size against the best one, in images until a deadline (%): one line for each
 * power of two and for the largest mini-batch, a panel for each device type. Which size is best jumps with the
 * deadline, as another one fits it with less time left over; what it would cost to take another one does not.
 *
 * @param types their first workload is the one that is drawn, the first four of them are
 */
export function miniBatchByDeadlineFigure(
  types: readonly DeviceType[],
  { rule = {}, rangeUs = rangeOf(types), error }: DeadlineOptions = {},
): Figure {
  const [fromUs, toUs] = rangeUs;
  const deadlines = Array.from({ length: DEADLINES }, (_, index) =>
    Math.round(fromUs * (toUs / fromUs) ** (index / (DEADLINES - 1))),
  );
  const shown = types.slice(0, MOST_PANELS);
  const data = shown.flatMap((type) => {
    const sizes = shownSizes(allowedChoices(type, 0, rule).map(({ miniBatchSize }) => miniBatchSize));
    return deadlines.flatMap((deadlineUs) => {
      const best = bestSchedule(type, 0, deadlineUs, rule);
      if (best === undefined) return [];
      return sizes.map((miniBatchSize) => {
        const images = imagesBy(type, miniBatchSize, deadlineUs, rule);
        return {
          type: type.name,
          deadline_ms: deadlineUs / 1000,
          mini_batch_size: miniBatchSize,
          images,
          best_mini_batch_size: best.choice.miniBatchSize,
          best_images: best.capacity,
          lost_percent: 100 * (1 - images / best.capacity),
        };
      });
    });
  });
  const sizes = distinct(data.map((row) => row.mini_batch_size));
  const errorPercent = error === undefined ? undefined : Number((100 * error).toPrecision(2));
  return {
    name: "mini-batch-by-deadline",
    title: "Images that a device loses until a deadline with a mini-batch size that is not the best",
    notes: [
      `A line ends where its first mini-batch does not fit the deadline or more than ${MOST_LOST} % would be lost.`,
      ...(errorPercent === undefined
        ? []
        : [`The band is the error of the times, ${errorPercent} %: mini-batch sizes within it are equally good.`]),
      ...(types.length > shown.length ? [`Of ${types.length} device types the first ${shown.length} are shown.`] : []),
    ],
    shape: {
      width: "column",
      panels: Math.max(1, shown.length),
      stacked: true,
      plotHeightPx: () => (shown.length > 1 ? 120 : 190),
    },
    data,
    spec: (layout) => {
      const x: Position = {
        field: "deadline_ms",
        type: "quantitative",
        title: axisTitle("Deadline (ms)", layout, "x"),
        // Room at the ends keeps the first labels of the two axes apart.
        scale: { type: "log", nice: false, padding: POINT_ROOM_PX },
        axis: ticksAt(logTicks(data.map((row) => row.deadline_ms))),
      };
      const y: Position = {
        type: "quantitative",
        title: axisTitle("Images lost against the best (%)", layout, "y"),
        // A little below 0, so that the line of the best is not hidden by the axis.
        scale: { domain: [-1, MOST_LOST], nice: false },
        axis: { tickCount: 5 },
      };
      const { lines } = series(layout, "mini_batch_size", "Mini-batch", sizes, { ofLines: true });
      const within: Unit = {
        data: { values: [{}] },
        mark: { type: "rect", color: layout.ink, opacity: 0.15 },
        encoding: { y: { ...y, datum: 0 }, y2: { datum: errorPercent ?? 0 } },
      };
      const panelOf = (type: DeviceType): LayerSpec<Field> => ({
        width: layout.plot.widthPx,
        height: layout.plot.heightPx,
        transform: [{ filter: `datum.type === ${JSON.stringify(type.name)}` }],
        layer: [
          ...(shown.length > 1 ? [panelHeading(type.name, layout)] : []),
          ...(errorPercent === undefined ? [] : [within]),
          ...lines({ x, y: { ...y, field: "lost_percent" } }, [
            { calculate: `datum.lost_percent > ${MOST_LOST} ? null : datum.lost_percent`, as: "lost_percent" },
          ]),
        ],
      });
      const note =
        errorPercent === undefined ? {} : { title: figureNote(`band: error of the times, ${errorPercent} %`, layout) };
      const [first, second] = shown;
      if (first !== undefined && second === undefined) return { ...panelOf(first), ...note };
      return { vconcat: shown.map(panelOf), ...note };
    },
  };
}

/** The images that a device classifies with a mini-batch size until a deadline; 0 where not one mini-batch fits. */
function imagesBy(type: DeviceType, miniBatchSize: number, deadlineUs: number, rule: CapacityRule): number {
  const choices = type.choices[0] ?? [];
  const choice = choices.find((each) => each.miniBatchSize === miniBatchSize);
  return (choice && scheduleOf(choice, type, deadlineUs, rule.shorterLast ? choices : [])?.capacity) ?? 0;
}

/** The powers of two among mini-batch sizes, and the largest; of many powers the largest ones. */
function shownSizes(sizes: readonly number[]): number[] {
  const largest = sizes.at(-1);
  const powers = sizes.filter((size) => Number.isInteger(Math.log2(size)));
  return distinct([...powers, ...(largest === undefined ? [] : [largest])]).slice(-MOST_LINES);
}

function rangeOf(types: readonly DeviceType[]): readonly [fromUs: number, toUs: number] {
  const warmups = types.flatMap(({ choices: [choices = []] }) => choices.map(({ warmupUs }) => warmupUs));
  return [Math.min(...warmups), LONGEST * Math.max(...warmups)];
}
