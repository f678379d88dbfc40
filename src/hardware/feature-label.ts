/** How groups of features are called at the beginning of a label. */
const GROUPS: Readonly<Record<string, string>> = {
  cgroup: "Control group",
  cpu: "CPU",
  gc: "Collections",
  gpu: "GPU",
  heap: "Heap",
  mapping: "Mappings",
  usage: "Usage",
};
/** Words that names shorten. */
const WORDS: Readonly<Record<string, string>> = {
  cpu: "CPU",
  gpu: "GPU",
  io: "I/O",
  numa: "NUMA",
  tlb: "TLB",
  rcu: "RCU",
  irq: "interrupt",
  softirq: "soft interrupts,",
  iowait: "I/O wait",
  oom: "out-of-memory",
};
/** Groups whose KiB are memory, and the words after which that is clear. */
const OF_MEMORY = ["process", "mapping", "heap", "cgroup"];
const SAY_WHAT = ["tables", "space", "buffers", "size", "limit", "malloc", "memory", "cache"];
/** The end of a name that is its unit. Those of counts have none. */
const UNIT = /_(?:kib|mib|ms|us|s|ratio|percent|mhz|px|c|w|j|rpm)$/;
/** What is told of a feature over a trial, before, over and after its first inference. */
const STATISTICS: Readonly<Record<string, string>> = {
  before: "before",
  first_change: "first-inference change",
  steady_mean: "steady mean",
  steady_max: "steady maximum",
};

/**
 * A column of `trial_features` as people read it, made from the catalogue's name.
 *
 * @example
 * featureLabel("process/virtual_kib__first_change"); // "Process: virtual memory, first-inference change"
 * featureLabel("cpu/interrupts_per_s__before"); // "CPU: interrupts per second, before"
 */
export function featureLabel(column: string): string {
  const [name = "", statistic = ""] = column.split("__");
  const [group = "", field = ""] = name.includes("/") ? name.split("/") : ["", name];
  const isRate = field.endsWith("_per_s");
  const quantity = isRate ? field.slice(0, -"_per_s".length) : field;
  const unit = UNIT.exec(quantity)?.[0].slice(1);
  const words = quantity.replace(UNIT, "").split("_");
  const isMemory = unit === "kib" && OF_MEMORY.includes(group) && words.every((word) => !SAY_WHAT.includes(word));
  const noun = isMemory ? ["memory"] : unit === "s" ? ["time"] : [];
  const what = [...words.map((word) => WORDS[word] ?? word), ...noun]
    .join(" ")
    .replace("multiply adds", "multiply-adds")
    .replace(/,$/, "");
  const when = STATISTICS[statistic] ?? statistic.replaceAll("_", " ");
  const beginning = GROUPS[group] ?? capitalised(group.replaceAll("_", " "));
  return `${beginning === "" ? capitalised(what) : `${beginning}: ${what}`}${isRate ? " per second" : ""}${when === "" ? "" : `, ${when}`}`;
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
