/** The sampler's own process: started by `startHardwareMonitor`, told what to watch over IPC, gone with its parent. */
import { openNvml } from "./nvml.js";
import { featuresOf, openRecorder } from "./recorder.js";
import { type Sampler, startSampler } from "./sampler.js";
import type { SamplerOptions, SamplerReply, SamplerRequest } from "./sampler-messages.js";
import { samplerSources } from "./sampler-sources.js";
import { LIVE_ROOTS, type Source } from "./source.js";

/** So many reads let the compiler optimise the parsers before anything is measured. */
const WARM_UP_READS = 500;

let sampler: Sampler | undefined;

function send(reply: SamplerReply): void {
  if (process.connected) process.send?.(reply);
}

function start(options: SamplerOptions): void {
  const nvml = options.gpus?.length === 0 ? undefined : openNvml();
  const sources = samplerSources(process.platform, nvml, options.gpus);
  const unavailable = warmUp(sources);
  sampler = startSampler(sources, LIVE_ROOTS, options.intervalMs, (block) => send({ kind: "samples", ...block }));
  send({ kind: "ready", features: featuresOf(sources), unavailable });
}

function warmUp(sources: readonly Source[]) {
  const recorder = openRecorder(sources, { ...LIVE_ROOTS, pid: process.pid });
  for (let read = 0; read < WARM_UP_READS; read++) recorder.record();
  const unavailable = recorder.unavailable();
  recorder.close();
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
