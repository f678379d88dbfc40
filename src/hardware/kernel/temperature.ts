import { join } from "node:path";
import { featureGroup } from "../reading/feature-group.js";
import { type KeptFile, keepOpen, readNumber } from "../reading/kept-file.js";
import { listFolder, readText } from "../reading/list-folder.js";
import { memberSums } from "../reading/member-sums.js";
import { slowSource } from "../reading/slow-source.js";
import type { Place, Reader } from "../reading/source.js";

const zone = featureGroup("temperature", "machine", "/sys/class/thermal/thermal_zone*/temp");
const hwmon = featureGroup("temperature", "machine", "/sys/class/hwmon/hwmon*");
const throttle = featureGroup("temperature", "machine", "/sys/devices/system/cpu/cpu*/thermal_throttle");

const CPU_SENSORS = /^(coretemp|k8temp|k10temp|zenpower|cpu_thermal|soc_thermal|fam15h_power)$/;
const DISK_SENSORS = /^(nvme|drivetemp)$/;

/** The files behind each feature, and how their numbers become one. */
interface Group {
  readonly files: readonly KeptFile[];
  readonly scale: number;
  readonly combine: (left: number, right: number) => number;
}

/** No CPU can slow down more often in a second. */
const COUNTED_THROTTLES = { mostPerS: 1e5 };

const FEATURES = [
  zone.gauge("zone_max_c", "°C", "", "Hottest thermal zone."),
  zone.gauge("zone_min_c", "°C", "", "Coolest thermal zone."),
  hwmon.gauge("cpu_max_c", "°C", "temp*_input of the CPU's sensor", "Hottest CPU sensor."),
  hwmon.gauge("disk_max_c", "°C", "temp*_input of disks", "Hottest disk."),
  hwmon.gauge("board_max_c", "°C", "temp*_input of other sensors", "Hottest other sensor."),
  hwmon.gauge("fan_max_rpm", "1/min", "fan*_input", "Fastest fan."),
  throttle.counter("core_throttles", "1", "core_throttle_count", "Times that cores slowed down for heat, summed."),
  throttle.counter(
    "package_throttles",
    "1",
    "package_throttle_count",
    "Times that a CPU package slowed down for heat.",
  ),
];

/** Temperatures, fans and thermal throttling, asked once a second because sensors answer slowly. */
export const temperature = slowSource({ features: FEATURES, open: openTemperature }, 1000);

function openTemperature(place: Place): Reader {
  const zones = filesIn(join(place.sysRoot, "class/thermal"), /^thermal_zone\d+$/, /^temp$/);
  const sensors: Record<"cpu" | "disk" | "board" | "fan", KeptFile[]> = { cpu: [], disk: [], board: [], fan: [] };
  const hwmonRoot = join(place.sysRoot, "class/hwmon");
  for (const name of listFolder(hwmonRoot, /^hwmon\d+$/)) {
    const kind = readText(join(hwmonRoot, name, "name")) ?? "";
    const group = CPU_SENSORS.test(kind) ? sensors.cpu : DISK_SENSORS.test(kind) ? sensors.disk : sensors.board;
    for (const file of listFolder(join(hwmonRoot, name), /^temp\d+_input$/)) {
      group.push(keepOpen(join(hwmonRoot, name, file)));
    }
    for (const file of listFolder(join(hwmonRoot, name), /^fan\d+_input$/)) {
      sensors.fan.push(keepOpen(join(hwmonRoot, name, file)));
    }
  }
  const throttles = openThrottles(join(place.sysRoot, "devices/system/cpu"));
  const max = (left: number, right: number) => Math.max(left, right);
  const groups: readonly Group[] = [
    { files: zones, scale: 0.001, combine: max },
    { files: zones, scale: 0.001, combine: (left, right) => Math.min(left, right) },
    { files: sensors.cpu, scale: 0.001, combine: max },
    { files: sensors.disk, scale: 0.001, combine: max },
    { files: sensors.board, scale: 0.001, combine: max },
    { files: sensors.fan, scale: 1, combine: max },
  ];
  return {
    read(values, at, elapsedMs) {
      for (const [index, { files, scale, combine }] of groups.entries()) {
        let result = Number.NaN;
        for (const file of files) {
          const value = readNumber(file) * scale;
          if (Number.isNaN(value)) continue;
          result = Number.isNaN(result) ? value : combine(result, value);
        }
        values[at + index] = result;
      }
      throttles.read(values, at + groups.length, elapsedMs);
    },
    problem: () =>
      throttles.cpus === 0 && groups.every((group) => group.files.length === 0)
        ? "this machine shows no sensors"
        : undefined,
    close() {
      for (const group of groups) for (const file of group.files) file.close();
      throttles.close();
    },
  };
}

function filesIn(root: string, folders: RegExp, files: RegExp): KeptFile[] {
  return listFolder(root, folders).flatMap((folder) =>
    listFolder(join(root, folder), files).map((file) => keepOpen(join(root, folder, file))),
  );
}

/** The throttle counts of the CPUs that are online, each with those of its package. */
function openThrottles(folder: string) {
  const online = join(folder, "online");
  const sums = memberSums([COUNTED_THROTTLES, COUNTED_THROTTLES], "was away");
  let listedFor: string | undefined | null = null;
  let cpus: { name: string; core: KeptFile; package: KeptFile }[] = [];
  let packageThrottles = Number.NaN;

  function close(): void {
    for (const cpu of cpus) for (const file of [cpu.core, cpu.package]) file.close();
    cpus = [];
  }

  function list(): void {
    const now = readText(online);
    if (now === listedFor) return;
    listedFor = now;
    close();
    cpus = listFolder(folder, /^cpu\d+$/)
      .filter((name) => listFolder(join(folder, name), /^thermal_throttle$/).length > 0)
      .map((name) => ({
        name,
        core: keepOpen(join(folder, name, "thermal_throttle/core_throttle_count")),
        package: keepOpen(join(folder, name, "thermal_throttle/package_throttle_count")),
      }));
  }
  list();

  return {
    get cpus() {
      return cpus.length;
    },
    close,
    read(values: Float64Array, at: number, elapsedMs: number): void {
      list();
      values.fill(Number.NaN, at, at + 2);
      sums.begin(elapsedMs);
      if (cpus.length === 0) return;
      let [most, grown] = [Number.NEGATIVE_INFINITY, 0];
      for (const cpu of cpus) {
        const counts = [readNumber(cpu.core), readNumber(cpu.package)] as const;
        sums.add(cpu.name, counts);
        most = Math.max(most, counts[1]);
        grown = Math.max(grown, sums.growth[1] ?? Number.NaN);
      }
      sums.end(values, at);
      // All cores of a package have its count: the largest one stands for it, and not their sum.
      packageThrottles = Number.isNaN(packageThrottles) ? most : packageThrottles + (grown || 0);
      values[at + 1] = packageThrottles;
    },
  };
}
