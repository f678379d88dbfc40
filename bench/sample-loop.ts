// Reads the sampler's sources as fast as it can, and tells the CPU time of a sample: run with the sampler's own flags.

import { openNvml } from "../src/hardware/nvidia/nvml.js";
import { LIVE_ROOTS } from "../src/hardware/reading/source.js";
import { featuresOf, openRecorder } from "../src/hardware/sampling/recorder.js";
import { samplerSources } from "../src/hardware/sampling/sampler-sources.js";

const [warmUp = 0, samples = 1] = process.argv.slice(2).map(Number);
const sources = samplerSources(process.platform, openNvml());
const recorder = openRecorder(sources, { ...LIVE_ROOTS, pid: process.pid });
for (let sample = 0; sample < warmUp; sample++) recorder.record();
const before = process.cpuUsage();
for (let sample = 0; sample < samples; sample++) recorder.record();
const { user, system } = process.cpuUsage(before);
const missing = recorder.unavailable().length;
process.stdout.write(
  JSON.stringify({ features: featuresOf(sources).length - missing, sample_us: (user + system) / samples }),
);
