import type { HostLevel } from "../../src/fit/host-levels.js";
import type { HostRatio } from "../../src/fit/host-ratios.js";

/** Hosts beside the first as JSON: how many times as long each takes, and whether that is alike. */
export function hostsAsJson(hosts: readonly HostLevel[]) {
  return hosts.map(({ host, trials, sharedCells, latency, warmup, verdict }) => ({
    ...{ host, trials },
    shared_cells: sharedCells,
    latency: ratioAsJson(latency),
    warmup: ratioAsJson(warmup),
    verdict,
  }));
}

function ratioAsJson(ratio: HostRatio | undefined) {
  return ratio === undefined ? null : { ratio: ratio.ratio, interval: [ratio.interval.low, ratio.interval.high] };
}
