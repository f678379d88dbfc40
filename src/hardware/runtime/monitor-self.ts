import { monotonicMs } from "../../core/clock.js";
import { featureGroup } from "../reading/feature-group.js";
import type { Source } from "../reading/source.js";

const monitor = featureGroup("monitor", "runtime", "the sampler");
const clock = featureGroup("clock", "machine", "CLOCK_REALTIME − CLOCK_MONOTONIC");

/** What the sampler knows of itself: when it really sampled, and what it costs. */
export const monitorSelf: Source = {
  features: [
    monitor.gauge("interval_ms", "ms", "monotonic clock", "True time since the sample before."),
    monitor.counter("cpu_s", "s", "getrusage", "CPU time of the sampler; its rate is the share of one core."),
    clock.gauge("wall_offset_ms", "ms", "", "Wall clock minus monotonic clock: it jumps when either is set or sleeps."),
  ],
  open: () => ({
    read(values, at, elapsedMs) {
      const { user, system } = process.cpuUsage();
      values[at] = elapsedMs;
      values[at + 1] = (user + system) / 1e6;
      values[at + 2] = Date.now() - monotonicMs();
    },
    problem: () => undefined,
    close: () => undefined,
  }),
};
