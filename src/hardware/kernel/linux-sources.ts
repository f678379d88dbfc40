import type { Source } from "../reading/source.js";
import { monitorSelf } from "../runtime/monitor-self.js";
import { buddyinfo } from "./buddyinfo.js";
import { cgroup } from "./cgroup.js";
import { energy } from "./energy.js";
import { frequency } from "./frequency.js";
import { loadavg } from "./loadavg.js";
import { pressureSource } from "./pressure.js";
import { procDiskstats } from "./proc-diskstats.js";
import { procMeminfo } from "./proc-meminfo.js";
import { procNetDev } from "./proc-net-dev.js";
import { procSchedstat } from "./proc-schedstat.js";
import { procStat } from "./proc-stat.js";
import { procVmstat } from "./proc-vmstat.js";
import { processIo } from "./process-io.js";
import { processStat } from "./process-stat.js";
import { processStatus } from "./process-status.js";
import { processThreads } from "./process-threads.js";
import { temperature } from "./temperature.js";

/** What the sampler reads on Linux, in the order of its columns. */
export const LINUX_SOURCES: readonly Source[] = [
  monitorSelf,
  procStat,
  loadavg,
  procSchedstat,
  pressureSource("cpu"),
  pressureSource("memory"),
  pressureSource("io"),
  frequency,
  temperature,
  energy,
  procMeminfo,
  procVmstat,
  buddyinfo,
  procDiskstats,
  procNetDev,
  cgroup,
  processStat,
  processStatus,
  processIo,
  processThreads,
];
