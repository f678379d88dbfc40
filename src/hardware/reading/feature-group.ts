import type { Feature, FeatureKind, FeatureScope } from "./feature.js";

/** Defines the features of one group, which share their scope and the file or call they come from. */
export interface FeatureGroup {
  gauge(name: string, unit: string, field: string, description: string): Feature;
  counter(name: string, unit: string, field: string, description: string): Feature;
  ratio(name: string, field: string, description: string): Feature;
  flag(name: string, field: string, description: string): Feature;
}

/**
 * Names become `group/name`, sources `source field`. A raw counter counts as not known before the first inference:
 * it has grown since boot, and only its change over that inference says something about it.
 *
 * @example
 * featureGroup("memory", "machine", "/proc/meminfo").gauge("free_kib", "KiB", "MemFree", "Memory in no use.");
 */
export function featureGroup(group: string, scope: FeatureScope, source: string): FeatureGroup {
  function define(kind: FeatureKind, name: string, unit: string, field: string, description: string): Feature {
    const knownBefore = kind !== "counter" && group !== "monitor";
    const origin = field === "" ? source : `${source} ${field}`;
    return { name: `${group}/${name}`, unit, kind, scope, source: origin, description, knownBefore };
  }
  return {
    gauge: (name, unit, field, description) => define("gauge", name, unit, field, description),
    counter: (name, unit, field, description) => define("counter", name, unit, field, description),
    ratio: (name, field, description) => define("ratio", name, "1", field, description),
    flag: (name, field, description) => define("flag", name, "1", field, description),
  };
}

/** The rate that belongs to a counter: its growth per second of the true interval between two reads. */
export function rateOf(counter: Feature): Feature {
  return {
    ...counter,
    name: `${counter.name}_per_s`,
    unit: `${counter.unit}/s`,
    kind: "rate",
    description: `${counter.description.replace(/\.$/, "")}, per second since the sample before.`,
    knownBefore: counter.scope !== "model" && !counter.name.startsWith("monitor/"),
  };
}
