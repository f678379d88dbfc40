import type { CoreFacts, CpuSettings } from "./cpu-facts.js";
import type { Found } from "./finding.js";
import type { GpuFacts } from "./gpu-facts.js";
import type { HeatFacts, LimitFacts, MemoryFacts, SwapFacts } from "./kernel-facts.js";
import type { LoadFacts } from "./other-load.js";
import type { SliceFacts } from "./time-slices.js";
import type { TouchFacts } from "./touch-memory.js";

/** What was seen of a machine, before anybody judges it. */
export interface SystemFacts {
  readonly cores: Found<CoreFacts>;
  /** The clock's settings: governor and turbo. */
  readonly clock: CpuSettings;
  readonly limits: Found<LimitFacts>;
  readonly memory: Found<MemoryFacts>;
  /** The mode of transparent huge pages. */
  readonly hugePages: Found<string>;
  readonly swap: Found<SwapFacts>;
  readonly load: Found<LoadFacts>;
  readonly slices: SliceFacts;
  readonly touch: TouchFacts;
  readonly heat: Found<HeatFacts>;
  /** The NVIDIA devices that NVML knows. */
  readonly gpus: readonly GpuFacts[];
}
