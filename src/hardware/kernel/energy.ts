import { join } from "node:path";
import { counterGrowth, type KernelCounter } from "../reading/counter-growth.js";
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

/** No processor takes 10 kW. */
const MOST_UJ_PER_S = 1e10;

interface Meter {
  readonly file: KeptFile;
  readonly domain: number;
  readonly counter: KernelCounter;
  lastUj: number;
  totalUj: number;
  /** Since `lastUj`. */
  elapsedMs: number;
}

/**
 * Energy meters of the processor (RAPL); their rates are watts. Most systems let only root read them. A meter that
 * starts again from 0 where nobody says after how much gives no value at that read, and goes on from there.
 */
export const energy: Source = { features: DOMAINS.map((domain) => domain.feature), open: openEnergy };

function openEnergy(place: Place): Reader {
  const root = join(place.sysRoot, "class/powercap");
  const meters = listFolder(root, /^intel-rapl:\d+(:\d+)?$/).flatMap((zone): Meter[] => {
    const name = readText(join(root, zone, "name")) ?? "";
    const domain = DOMAINS.findIndex((candidate) => candidate.name.test(name));
    if (domain < 0) return [];
    const range = Number(readText(join(root, zone, "max_energy_range_uj")));
    const counter = { mostPerS: MOST_UJ_PER_S, ...(range > 0 && { range }) };
    const file = keepOpen(join(root, zone, "energy_uj"));
    return [{ file, domain, counter, lastUj: Number.NaN, totalUj: 0, elapsedMs: 0 }];
  });
  return {
    read(values, at, elapsedMs) {
      values.fill(Number.NaN, at, at + DOMAINS.length);
      for (const domain of DOMAINS.keys()) {
        const ofDomain = meters.filter((meter) => meter.domain === domain);
        if (ofDomain.length > 0) values[at + domain] = sumJ(ofDomain, elapsedMs);
      }
    },
    problem: () =>
      meters.length === 0 ? "this machine shows no energy meters" : meters.find((m) => m.file.problem)?.file.problem,
    close() {
      for (const meter of meters) meter.file.close();
    },
  };
}

/** What some meters count together, NaN where one of them can't be read or does not say by how much it went on. */
function sumJ(meters: readonly Meter[], elapsedMs: number): number {
  let sumUj = 0;
  for (const meter of meters) {
    if (!Number.isNaN(elapsedMs)) meter.elapsedMs += elapsedMs;
    const nowUj = readNumber(meter.file);
    const grownUj = Number.isNaN(meter.lastUj)
      ? nowUj
      : counterGrowth(meter.counter, meter.lastUj, nowUj, meter.elapsedMs);
    sumUj += meter.totalUj + grownUj;
    if (!Number.isNaN(grownUj)) meter.totalUj += grownUj;
    if (Number.isNaN(nowUj)) continue;
    meter.lastUj = nowUj;
    meter.elapsedMs = 0;
  }
  return sumUj / 1e6;
}
