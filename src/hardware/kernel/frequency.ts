import { join } from "node:path";
import { featureGroup } from "../reading/feature-group.js";
import { type KeptFile, keepOpen, readNumber } from "../reading/kept-file.js";
import { listFolder, readText } from "../reading/list-folder.js";
import type { Place, Reader, Source } from "../reading/source.js";

const frequencyGroup = featureGroup("frequency", "machine", "/sys/devices/system/cpu/cpufreq/policy*");

/** Reading one may interrupt its CPU, so of many clock domains as many are read, evenly spread. */
const MOST_POLICIES = 16;

/** The clock of the CPUs. Virtual machines rarely show it. */
export const frequency: Source = {
  features: [
    frequencyGroup.gauge("mean_mhz", "MHz", "scaling_cur_freq", "Mean clock of the CPUs."),
    frequencyGroup.gauge("min_mhz", "MHz", "scaling_cur_freq", "Clock of the slowest CPU."),
    frequencyGroup.gauge("max_mhz", "MHz", "scaling_cur_freq", "Clock of the fastest CPU."),
    frequencyGroup.gauge("limit_mhz", "MHz", "scaling_max_freq", "Lowest limit set to a CPU's clock."),
    frequencyGroup.gauge("hardware_limit_mhz", "MHz", "cpuinfo_max_freq", "Fastest clock that a CPU can have."),
    frequencyGroup.flag("governor_performance", "scaling_governor", "All CPUs are told to run as fast as they can."),
  ],
  open: openFrequency,
};

function openFrequency(place: Place): Reader {
  const root = join(place.sysRoot, "devices/system/cpu/cpufreq");
  const policies = spread(
    listFolder(root, /^policy\d+$/).map((name) => join(root, name)),
    MOST_POLICIES,
  );
  const current = policies.map((folder) => keepOpen(join(folder, "scaling_cur_freq")));
  const limit = policies.map((folder) => keepOpen(join(folder, "scaling_max_freq")));
  const hardwareLimitMhz =
    Math.max(...policies.map((folder) => Number(readText(join(folder, "cpuinfo_max_freq"))))) / 1e3;
  const governors = policies.map((folder) => readText(join(folder, "scaling_governor")));
  const performance = governors.every((governor) => governor === "performance") ? 1 : 0;
  return {
    read(values, at) {
      values.fill(Number.NaN, at, at + frequency.features.length);
      if (policies.length === 0) return;
      const clock = summarise(current);
      values[at] = clock.mean / 1e3;
      values[at + 1] = clock.min / 1e3;
      values[at + 2] = clock.max / 1e3;
      values[at + 3] = summarise(limit).min / 1e3;
      values[at + 4] = hardwareLimitMhz;
      values[at + 5] = performance;
    },
    problem: () => (policies.length === 0 ? "this machine shows no CPU clocks" : current[0]?.problem),
    close() {
      for (const file of [...current, ...limit]) file.close();
    },
  };
}

function summarise(files: readonly KeptFile[]): { mean: number; min: number; max: number } {
  let [sum, count, min, max] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const file of files) {
    const value = readNumber(file);
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  return count > 0 ? { mean: sum / count, min, max } : { mean: Number.NaN, min: Number.NaN, max: Number.NaN };
}

function spread<T>(items: readonly T[], most: number): T[] {
  const step = Math.max(1, items.length / most);
  return items.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}
