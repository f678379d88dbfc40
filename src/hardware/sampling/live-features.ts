import { UserError } from "../../core/user-error.js";
import { cgroup } from "../kernel/cgroup.js";
import { withProcessTree } from "../kernel/process-tree.js";
import { type Nvml, openNvml } from "../nvidia/nvml.js";
import type { Feature } from "../reading/feature.js";
import { LIVE_ROOTS, type Source } from "../reading/source.js";
import { featuresOf, openRecorder } from "./recorder.js";
import { samplerSources } from "./sampler-sources.js";

export interface LiveOptions {
  /** The process to look at, too; without it there are no features of scope "process". */
  readonly pid?: number;
  /** With that process all its children and theirs, summed. */
  readonly tree?: boolean;
  /** Only features of these groups (the part of a name before the slash). */
  readonly groups?: readonly string[];
}

/** What this machine does now, for whoever looks at it in the same process. */
export interface LiveFeatures {
  readonly features: readonly Feature[];
  /** Values aligned with the features, undefined where missing; rates are over the time since the read before. */
  read(): { monotonicMs: number; values: (number | undefined)[] };
  close(): void;
}

/**
 * Opens the sampler's sources in this process. Sources without a wanted group are not read.
 *
 * @throws UserError naming a group that this machine has not
 * @example
 * const live = openLiveFeatures({ groups: ["memory"] });
 * live.read().values; // live.features[0] is memory/total_kib
 */
export function openLiveFeatures({ pid, tree, groups }: LiveOptions): LiveFeatures {
  const nvml = openNvml();
  try {
    return openSources(
      wantedSources(nvml, { ...(pid !== undefined && { pid }), ...(tree && { tree }), ...(groups && { groups }) }),
    );
  } catch (error) {
    nvml?.close();
    throw error;
  }

  function openSources(sources: readonly Source[]): LiveFeatures {
    const recorder = openRecorder(sources, { ...LIVE_ROOTS, pid: pid ?? process.pid });
    const all = featuresOf(sources);
    const shown = all.flatMap((feature, index) => (isWanted(feature, groups) ? [index] : []));
    return {
      features: shown.flatMap((index) => all[index] ?? []),
      read() {
        const { monotonicMs, values } = recorder.record();
        const present = (value: number | undefined) => (Number.isNaN(value) ? undefined : value);
        return { monotonicMs, values: shown.map((index) => present(values[index])) };
      },
      close() {
        recorder.close();
        nvml?.close();
      },
    };
  }
}

function wantedSources(nvml: Nvml | undefined, { pid, tree, groups }: LiveOptions): Source[] {
  const ofMachine = samplerSources(process.platform, nvml);
  const all = tree ? withProcessTree(ofMachine) : ofMachine;
  // Without a process its control group is this one's: that of the container that this runs in.
  const sources = all.filter(
    (source) => pid !== undefined || source === cgroup || source.features.every(({ scope }) => scope !== "process"),
  );
  const known = new Set(featuresOf(sources).map(groupOf));
  const unknown = groups?.find((group) => !known.has(group));
  if (unknown !== undefined) {
    const ofProcess = featuresOf(all).some((feature) => groupOf(feature) === unknown);
    const why = ofProcess ? "needs a process" : "not on this machine";
    throw new UserError(`group ${JSON.stringify(unknown)}: ${why}, allowed are ${[...known].join(", ")}`);
  }
  return sources.filter(({ features }) => features.some((feature) => isWanted(feature, groups)));
}

function isWanted(feature: Feature, groups: readonly string[] | undefined): boolean {
  return groups?.includes(groupOf(feature)) ?? true;
}

function groupOf({ name }: Feature): string {
  return name.slice(0, name.indexOf("/"));
}
