import { largestOf } from "../core/largest-of.js";
import type { Design, DeviceConfiguration } from "../design/design.js";

/** For what a sweep takes beside its trials: its own process, the sampler and the pulse's. */
const OWN_MEMORY_MIB = 1024;

/** What a shard takes of a machine. */
export interface ShardResources {
  readonly cores: number;
  readonly gpus: number;
  /** Undefined where the design does not limit it: then all that the machine has may be needed. */
  readonly memoryMib: number | undefined;
}

/**
 * What a shard of a design takes: its devices run one after the other, so that the largest counts. Devices of other
 * providers than the CPU's take one GPU, which those side by side share.
 *
 * @example
 * shardResources({ devices: [{ provider: "cuda", threads: 4, concurrent: 2 }], memory_limit_mib: 2000 });
 * // { cores: 8, gpus: 1, memoryMib: 5024 }
 */
export function shardResources({
  devices,
  memory_limit_mib: limitMib,
}: Pick<Design, "devices" | "memory_limit_mib">): ShardResources {
  const most = (amountOf: (device: DeviceConfiguration) => number) => largestOf(devices.map(amountOf));
  return {
    cores: most(({ threads, concurrent }) => threads * concurrent),
    gpus: most(({ provider }) => (provider === "cpu" ? 0 : 1)),
    memoryMib:
      limitMib === undefined ? undefined : OWN_MEMORY_MIB + Math.ceil(limitMib * most(({ concurrent }) => concurrent)),
  };
}
