import { counted } from "../core/counted.js";
import { percent, type TextTable } from "../core/text-table.js";
import { formatDuration } from "../core/units.js";
import type { DeviceNoise } from "./device-noise.js";
import { type MeasuringAdvice, measuringAdvice, type Repetitions } from "./measuring-advice.js";
import type { NoiseLevel, QuantityNoise } from "./noise-levels.js";
import { quantityName } from "./quantity-name.js";
import type { DeviceSpells } from "./spells.js";

/** The noise of a device by its levels: of latency, warm-up and memory, the highest level first. */
export function noiseTable({ latency, warmup, memory }: Pick<DeviceNoise, "latency" | "warmup" | "memory">): TextTable {
  return {
    columns: ["quantity", "level", "standard deviation (%)", "95 % interval (%)", "share (%)", "rests on"],
    values: [latency, warmup, memory].filter(hasValues).flatMap(({ quantity, levels }) =>
      levels.map((level) => {
        const { deviation, interval, share } = level;
        const width = interval === undefined ? "" : `${percent(interval.low)} to ${percent(interval.high)}`;
        return [quantity, level.level, percent(deviation) || "unknown", width, percent(share), groupsOf(level)];
      }),
    ),
  };
}

/** Not of warm-up and memory where others measured and do not say them. */
function hasValues({ levels }: QuantityNoise): boolean {
  return levels.some(({ groups }) => groups > 0);
}

function groupsOf({ level, groups, variance }: NoiseLevel): string {
  const number = groups === 1 ? `one ${level}` : pluralOf(groups, level);
  if (variance === undefined && level === "process") return `${number}, each the only one of its cell and session`;
  if (variance === undefined) return groups === 1 ? number : `${number}, no cell in two of a host`;
  return variance < 0 ? `${number}, estimate below 0` : number;
}

/**
 * One or two lines on what measuring would give a half width of each cell's latency, and what the present design
 * reaches.
 *
 * @param wanted the half width as a ratio. Default: 5 %
 */
export function adviceLines(noise: DeviceNoise, wanted?: number): string[] {
  const advice = measuringAdvice(noise, wanted);
  return advice === undefined
    ? ["what more measuring would give is unknown: no cell has two processes in one session"]
    : [adviceLine(advice, noise.cells.length), ...sessionLine(advice)];
}

/** A chance of one in a hundred that there is nothing. */
const SIGNIFICANT = 0.01;
const COVARIATE_WORDS = {
  pulse: "how fast the machine was around a process (pulse)",
  touch: "what a fresh page cost before it (touch)",
} as const;

/** How much of the noise goes with how fast the machine was, one line for each that is known. */
export function machineLines({ machine }: Pick<DeviceNoise, "machine">): string[] {
  return (["pulse", "touch"] as const).flatMap((covariate) => {
    const parts = machine
      .filter((effect) => effect.covariate === covariate)
      .map(({ quantity, share, pValue }) => {
        const explained = pValue > SIGNIFICANT ? "nothing that chance does not" : `${percent(share)} %`;
        return `${explained} in ${quantityName(quantity)}`;
      });
    if (parts.length === 0) return [];
    return [`of the variance between processes of a cell, ${COVARIATE_WORDS[covariate]} explains ${parts.join(", ")}`];
  });
}

/** How much of the noise lasts from one process to the next, one line; none where the order does not say. */
export function spellLines({ latency, warmup }: DeviceSpells): string[] {
  const parts = (
    [
      [latency, "latency"],
      [warmup, "warm-up"],
    ] as const
  ).flatMap(([spells, name]) =>
    spells === undefined ? [] : [`${percent(spells.share)} % in ${name} (${percent(spells.probability)} %)`],
  );
  if (parts.length === 0) return [];
  return [
    "of the variance between processes of a cell, slow spells that several in turn share explain " +
      `${parts.join(", ")}; in brackets, how likely there are any`,
  ];
}

function adviceLine({ wanted, advised, present }: MeasuringAdvice, cells: number): string {
  return (
    `for ±${percent(wanted)} % of each cell's latency: ${repetitions(advised)}, ` +
    `${formatDuration(advised.measuringMs)} for ${counted(cells, "cell")}; ` +
    `as measured, ${repetitions(present)}, ${formatDuration(present.measuringMs)}, ` +
    `it is ±${percent(present.halfWidth)} %`
  );
}

function repetitions({ sessions, processes, inferences }: Repetitions): string {
  const where = sessions === 1 ? "in one session" : `in each of ${sessions} sessions`;
  return `${pluralOf(processes, "process")} of ${inferences} inferences ${where}`;
}

function sessionLine({ sessionsKnown, present }: MeasuringAdvice): string[] {
  if (sessionsKnown) return [];
  const what = present.sessions === 1 ? "one session" : "no two sessions of a host have a cell in common";
  return [`${what}: what another one would add is unknown; a sweep that is stopped and goes on another day tells`];
}

function pluralOf(count: number, thing: string): string {
  return count === 1 || !thing.endsWith("s") ? counted(count, thing) : `${count} ${thing}es`;
}
