/** The sampler's own process: started by `startHardwareMonitor`, told what to watch over IPC, gone with its parent. */
import { openNvml } from "../nvidia/nvml.js";
import { LIVE_ROOTS, type Source } from "../reading/source.js";
import { featuresOf, openRecorder, type UnavailableFeature } from "./recorder.js";
import { type Sampler, startSampler } from "./sampler.js";
import type { SamplerOptions, SamplerReply, SamplerRequest } from "./sampler-messages.js";
import { samplerSources } from "./sampler-sources.js";

/**
 * So many reads let the compiler optimise the parsers before anything is measured, and so many openings make it stop
 * to optimise them for one opening: else every watch cost one compilation of 10 ms, in this thread.
 */
const WARM_UP_OPENINGS = 20;
const WARM_UP_READS = 50;

let sampler: Sampler | undefined;

function send(reply: SamplerReply): void {
  // Where the parent was killed meanwhile nobody hears it, and "disconnect" follows.
  if (process.connected) process.send?.(reply, undefined, undefined, () => undefined);
}

function start(options: SamplerOptions): void {
  const nvml = options.gpus?.length === 0 ? undefined : openNvml();
  const sources = samplerSources(process.platform, nvml, options.gpus);
  const unavailable = warmUp(sources);
  sampler = startSampler(sources, LIVE_ROOTS, options.intervalMs, (block) => send({ kind: "samples", ...block }));
  send({ kind: "ready", features: featuresOf(sources), unavailable });
}

function warmUp(sources: readonly Source[]): readonly UnavailableFeature[] {
  let unavailable: readonly UnavailableFeature[] = [];
  for (let opening = 0; opening < WARM_UP_OPENINGS; opening++) {
    const recorder = openRecorder(sources, { ...LIVE_ROOTS, pid: process.pid });
    for (let read = 0; read < WARM_UP_READS; read++) recorder.record();
    unavailable = recorder.unavailable();
    recorder.close();
  }
  return unavailable;
}

process.on("message", (request: SamplerRequest) => {
  if (request.kind === "start") start(request.options);
  else if (request.kind === "watch") sampler?.watch(request.pid);
  else {
    const unavailable = sampler?.unwatch() ?? [];
    send({ kind: "samples", timesMs: new Float64Array(), values: new Float64Array(), unavailable });
  }
});
process.on("disconnect", () => process.exit());
process.on("SIGINT", () => undefined); // Ctrl-C reaches the whole process group; the parent decides when to end
