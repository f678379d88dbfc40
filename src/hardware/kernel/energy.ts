import { join } from "node:path";
import { featureGroup } from "../reading/feature-group.js";
import { type KeptFile, keepOpen, readNumber } from "../reading/kept-file.js";
import { listFolder, readText } from "../reading/list-folder.js";
import type { Place, Reader, Source } from "../reading/source.js";

const energyGroup = featureGroup("energy", "machine", "/sys/class/powercap/intel-rapl:*/energy_uj");

const DOMAINS = [
  { name: /^package/, feature: energyGroup.counter("package_j", "J", "package-*", "Energy of the CPU packages.") },
  { name: /^core$/, feature: energyGroup.counter("core_j", "J", "core", "Energy of the CPU cores.") },
  { name: /^dram$/, feature: energyGroup.counter("dram_j", "J", "dram", "Energy of the memory.") },
  { name: /^psys$/, feature: energyGroup.counter("platform_j", "J", "psys", "Energy of the whole board.") },
];

interface Meter {
  readonly file: KeptFile;
  readonly domain: number;
  /** The meter starts again from 0 after this much. */
  readonly rangeUj: number;
  lastUj: number;
  totalUj: number;
}

/** Energy meters of the processor (RAPL); their rates are watts. Most systems let only root read them. */
export const energy: Source = { features: DOMAINS.map((domain) => domain.feature), open: openEnergy };

function openEnergy(place: Place): Reader {
  const root = join(place.sysRoot, "class/powercap");
  const meters = listFolder(root, /^intel-rapl:\d+(:\d+)?$/).flatMap((zone): Meter[] => {
    const name = readText(join(root, zone, "name")) ?? "";
    const domain = DOMAINS.findIndex((candidate) => candidate.name.test(name));
    if (domain < 0) return [];
    const rangeUj = Number(readText(join(root, zone, "max_energy_range_uj")) ?? Number.NaN);
    return [{ file: keepOpen(join(root, zone, "energy_uj")), domain, rangeUj, lastUj: Number.NaN, totalUj: 0 }];
  });
  return {
    read(values, at) {
      values.fill(Number.NaN, at, at + DOMAINS.length);
      for (const meter of meters) {
        const nowUj = readNumber(meter.file);
        if (Number.isNaN(nowUj)) continue;
        if (Number.isNaN(meter.lastUj)) meter.totalUj = nowUj;
        else meter.totalUj += nowUj - meter.lastUj + (nowUj < meter.lastUj ? meter.rangeUj : 0);
        meter.lastUj = nowUj;
        const slot = at + meter.domain;
        const sum = values[slot] ?? Number.NaN;
        values[slot] = (Number.isNaN(sum) ? 0 : sum) + meter.totalUj / 1e6;
      }
    },
    problem: () =>
      meters.length === 0 ? "this machine shows no energy meters" : meters.find((m) => m.file.problem)?.file.problem,
    close() {
      for (const meter of meters) meter.file.close();
    },
  };
}
