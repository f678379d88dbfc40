import { loadavg } from "node:os";
import { cpuCurrentSpeed, currentLoad, disksIO, mem, networkStats } from "systeminformation";
import { reasonOf } from "../../core/reason-of.js";
import type { Feature } from "../reading/feature.js";
import { featureGroup } from "../reading/feature-group.js";
import { type MemberSums, memberSums } from "../reading/member-sums.js";
import type { Reader, Source } from "../reading/source.js";
import { monitorSelf } from "../runtime/monitor-self.js";

const from = (group: string, call: string) => featureGroup(group, "machine", `systeminformation ${call}`);
const KIB = 1024;

type Values = (traffic: MemberSums) => Promise<readonly (number | null | undefined)[]>;

/** The same names as on Linux, where the meaning is the same. */
const CALLS: readonly { readonly features: readonly Feature[]; readonly ask: Values }[] = [
  {
    features: [
      from("cpu", "currentLoad").ratio("busy_ratio", "currentLoad", "Share of CPU time that was not idle."),
      featureGroup("load", "machine", "os.loadavg()").gauge("average_1min", "1", "", "Load average over one minute."),
    ],
    ask: async () => {
      const { currentLoad: percent } = await currentLoad();
      // systeminformation's avgLoad is something else: the largest of three averages, for each core. Windows has none.
      return [percent / 100, process.platform === "win32" ? undefined : loadavg()[0]];
    },
  },
  {
    features: [
      from("memory", "mem").gauge("total_kib", "KiB", "total", "Memory of the machine."),
      from("memory", "mem").gauge("available_kib", "KiB", "available", "Memory that new work can have."),
      from("memory", "mem").gauge("free_kib", "KiB", "free", "Memory in no use at all."),
      from("memory", "mem").gauge("swap_used_kib", "KiB", "swapused", "Swap space in use."),
    ],
    ask: async () => {
      const memory = await mem();
      return [memory.total / KIB, memory.available / KIB, memory.free / KIB, memory.swapused / KIB];
    },
  },
  {
    features: [from("frequency", "cpuCurrentSpeed").gauge("mean_mhz", "MHz", "avg", "Mean clock of the CPUs.")],
    ask: async () => [(await cpuCurrentSpeed()).avg * 1000],
  },
  {
    features: [
      from("disk", "disksIO").counter("reads", "1", "rIO", "Reads completed."),
      from("disk", "disksIO").counter("writes", "1", "wIO", "Writes completed."),
    ],
    ask: async () => {
      const disks = await disksIO();
      return [disks?.rIO, disks?.wIO];
    },
  },
  {
    features: [
      from("network", "networkStats").counter("received_bytes", "B", "rx_bytes", "Bytes received."),
      from("network", "networkStats").counter("sent_bytes", "B", "tx_bytes", "Bytes sent."),
    ],
    ask: async (traffic) => {
      const interfaces = await networkStats("*");
      return [...sumTraffic(traffic, interfaces, ASK_EVERY_MS)];
    },
  },
];

/** What systeminformation can tell on macOS and Windows. It answers slowly, so it is asked once a second. */
export const portableSource: Source = {
  features: CALLS.flatMap((call) => call.features),
  open: openPortable,
};

export const PORTABLE_SOURCES: readonly Source[] = [monitorSelf, portableSource];

const ASK_EVERY_MS = 1000;
/** Of one network interface: 800 Gbit/s. */
const TRAFFIC_COUNTERS = [{ mostPerS: 1e11 }, { mostPerS: 1e11 }];

/** Opens the sums of what network interfaces received and sent. */
export const openTraffic = (): MemberSums => memberSums(TRAFFIC_COUNTERS, "is new");

/** Bytes received and sent of all interfaces; one that joins counts from then on, one that leaves up to then. */
export function sumTraffic(
  traffic: MemberSums,
  interfaces: readonly { readonly iface: string; readonly rx_bytes: number; readonly tx_bytes: number }[],
  elapsedMs: number,
): Float64Array {
  const sums = new Float64Array(TRAFFIC_COUNTERS.length);
  traffic.begin(elapsedMs);
  for (const { iface, rx_bytes, tx_bytes } of interfaces) traffic.add(iface, [rx_bytes, tx_bytes]);
  traffic.end(sums, 0);
  return sums;
}

function openPortable(): Reader {
  const traffic = openTraffic();
  const latest = new Float64Array(portableSource.features.length).fill(Number.NaN);
  let problem: string | undefined = "systeminformation has not answered yet";
  async function ask(): Promise<void> {
    let at = 0;
    problem = undefined;
    for (const { features, ask } of CALLS) {
      try {
        const answers = await ask(traffic);
        for (const index of features.keys()) latest[at + index] = answers[index] ?? Number.NaN;
      } catch (error) {
        latest.fill(Number.NaN, at, at + features.length);
        problem = `systeminformation: ${reasonOf(error)}`;
      }
      at += features.length;
    }
  }
  void ask();
  const timer = setInterval(ask, ASK_EVERY_MS);
  return {
    read: (values, at) => values.set(latest, at),
    problem: () => problem,
    close: () => clearInterval(timer),
  };
}
