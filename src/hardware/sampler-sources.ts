import { LINUX_SOURCES } from "./linux-sources.js";
import { PORTABLE_SOURCES } from "./portable-source.js";
import type { Source } from "./source.js";

/** What the sampler reads on this platform, the GPUs included. */
export function samplerSources(platform: NodeJS.Platform, _gpus?: readonly number[]): readonly Source[] {
  return platform === "linux" ? LINUX_SOURCES : PORTABLE_SOURCES;
}
