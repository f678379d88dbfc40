import type { Feature } from "./reading/feature.js";
import type { HardwareSample } from "./sampling/monitor.js";

export type HardwareCautionTag =
  | "throttled"
  | "other_load"
  | "swap_used"
  | "frequency_changed"
  | "clock_jumped"
  | "container_limit"
  | "samples_missed";

/** A reason to distrust a trial: what was seen, and what to do about it. */
export interface HardwareCaution {
  readonly tag: HardwareCautionTag;
  readonly detail: string;
  readonly remedy: string;
}

/** Other processes may use this share of one core: the operating system's own work stays below it. */
const OTHER_LOAD_CORES = 0.25;
/** CPU times come in ticks of 10 ms, so shorter watches can't tell other load from rounding. */
const OTHER_LOAD_LEAST_MS = 500;
/** Clocks move a little on their own; a lowest value below this share of the highest is a change. */
const FREQUENCY_RATIO = 0.9;
/** Setting a clock by NTP slews by less than this; a step or a sleep moves it further. */
const CLOCK_JUMP_MS = 50;
/** Longer gaps than this many usual intervals count as missed samples. */
const GAP_INTERVALS = 3;
const MISSED_SHARE = 0.1;

/**
 * What the samples of one watch say against it. Features that are missing raise no caution.
 *
 * @param neighbourCores cores that devices beside the measured one keep busy on purpose: no other load
 * @example
 * cautionsFrom(monitor.features, await monitor.unwatch()); // [{ tag: "other_load", detail: "…", remedy: "…" }]
 */
export function cautionsFrom(
  features: readonly Feature[],
  samples: readonly HardwareSample[],
  neighbourCores = 0,
): HardwareCaution[] {
  const series = seriesOf(features, samples);
  const load = (of: Series) => otherLoad(of, neighbourCores);
  const checks = [throttled, load, swapUsed, frequencyChanged, clockJumped, containerLimit];
  const found = checks.map((check) => check(series));
  return [...found, samplesMissed(samples)].filter((caution) => caution !== undefined);
}

type Series = (name: string) => number[];

function seriesOf(features: readonly Feature[], samples: readonly HardwareSample[]): Series {
  const indexByName = new Map(features.map((feature, index) => [feature.name, index]));
  return (name) => {
    const index = indexByName.get(name);
    if (index === undefined) return [];
    return samples.map((sample) => sample.values[index]).filter((value) => value !== undefined);
  };
}

function growth(values: readonly number[]): number {
  return (values.at(-1) ?? Number.NaN) - (values[0] ?? Number.NaN);
}

function throttled(series: Series): HardwareCaution | undefined {
  const events = Math.max(
    growth(series("temperature/core_throttles")) || 0,
    growth(series("temperature/package_throttles")) || 0,
  );
  const remedy = "let the machine cool down, improve its cooling or lower its power limit, and measure again";
  if (events > 0) return { tag: "throttled", detail: `the CPU slowed down for heat ${events} times`, remedy };
  for (let gpu = 0; series(`gpu${gpu}/power_w`).length + series(`gpu${gpu}/sm_clock_mhz`).length > 0; gpu++) {
    for (const reason of ["thermal_software", "thermal_hardware", "hardware_slowdown", "power_brake", "power_cap"]) {
      const flags = series(`gpu${gpu}/throttle_${reason}`);
      const share = flags.filter((flag) => flag > 0).length / flags.length;
      if (share > 0) {
        return { tag: "throttled", detail: `gpu${gpu} throttled (${reason}) in ${percent(share)} of samples`, remedy };
      }
    }
  }
  return undefined;
}

function otherLoad(series: Series, neighbourCores: number): HardwareCaution | undefined {
  const elapsedMs = series("monitor/interval_ms").reduce((sum, interval) => sum + interval, 0);
  if (elapsedMs < OTHER_LOAD_LEAST_MS) return undefined;
  const states = ["user", "nice", "system", "irq", "softirq", "steal"];
  const allS = states.reduce((sum, state) => sum + growth(series(`cpu/${state}_s`)), 0);
  const ownS = growth(series("process/user_s")) + growth(series("process/system_s")) + growth(series("monitor/cpu_s"));
  const cores = ((allS - ownS) * 1000) / elapsedMs - neighbourCores;
  if (!(cores > OTHER_LOAD_CORES)) return undefined;
  return {
    tag: "other_load",
    detail: `other processes used ${cores.toFixed(2)} cores`,
    remedy: "stop other work on this machine, or measure when it is idle",
  };
}

function swapUsed(series: Series): HardwareCaution | undefined {
  const pages = growth(series("paging/swapped_in")) + growth(series("paging/swapped_out"));
  const swappedKib = Math.max(0, ...series("process/swapped_kib"));
  if (!(pages > 0) && swappedKib === 0) return undefined;
  return {
    tag: "swap_used",
    detail: swappedKib > 0 ? `${swappedKib} KiB of the process were in swap` : `${pages} pages moved from or to swap`,
    remedy: "use a smaller mini-batch, free memory, or switch swap off",
  };
}

function frequencyChanged(series: Series): HardwareCaution | undefined {
  const limits = series("frequency/limit_mhz");
  const clocks = series("frequency/max_mhz");
  for (const [what, values] of [
    ["limit", limits],
    ["fastest CPU", clocks],
  ] as const) {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    if (values.length === 0 || low >= high * FREQUENCY_RATIO) continue;
    return {
      tag: "frequency_changed",
      detail: `clock of the ${what} went between ${Math.round(low)} and ${Math.round(high)} MHz`,
      remedy: "set the governor to performance, or fix the clock",
    };
  }
  return undefined;
}

function clockJumped(series: Series): HardwareCaution | undefined {
  const offsets = series("clock/wall_offset_ms");
  const steps = offsets.slice(1).map((offset, index) => offset - (offsets[index] ?? offset));
  const step = steps.find((candidate) => Math.abs(candidate) > CLOCK_JUMP_MS);
  if (step === undefined) return undefined;
  return {
    tag: "clock_jumped",
    detail: `the wall clock jumped by ${Math.round(step)} ms against the monotonic clock`,
    remedy: "keep the machine from sleeping, let its clock settle, and measure again",
  };
}

function containerLimit(series: Series): HardwareCaution | undefined {
  const periods = growth(series("cgroup/throttled_periods"));
  const hits = growth(series("cgroup/memory_limit_hits"));
  if (!(periods > 0) && !(hits > 0)) return undefined;
  return {
    tag: "container_limit",
    detail: periods > 0 ? `CPU time was used up in ${periods} periods` : `the memory limit was hit ${hits} times`,
    remedy: "give the container more CPU time or memory, or use fewer threads or a smaller mini-batch",
  };
}

/** What is held against a watch during which the sampler ended and was started again. */
export const SAMPLER_RESTARTED: HardwareCaution = {
  tag: "samples_missed",
  detail: "the sampler was ended and started again",
  remedy: "look who ended it: the kernel does where memory runs out",
};

function samplesMissed(samples: readonly HardwareSample[]): HardwareCaution | undefined {
  const gaps = samples.slice(1).map((sample, index) => sample.monotonicMs - (samples[index]?.monotonicMs ?? NaN));
  const usual = [...gaps].sort((a, b) => a - b)[Math.floor(gaps.length / 2)];
  if (usual === undefined) return undefined;
  const missed = gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / usual) - 1), 0);
  const longest = Math.max(...gaps);
  const share = missed / (missed + samples.length);
  if (longest <= usual * GAP_INTERVALS && share <= MISSED_SHARE) return undefined;
  return {
    tag: "samples_missed",
    detail: `${missed} samples are missing, the longest gap was ${Math.round(longest)} ms`,
    remedy: "leave a core to the sampler, or sample less often",
  };
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
