import { counted } from "../core/counted.js";
import type { TrialRow } from "./tables.js";

/** A kind of caution, how many trials have it, and what to do about it. */
export interface CautionCount {
  readonly tag: string;
  readonly trials: number;
  readonly remedy: string;
}

/** What cautions the trials of a dataset have that ended well. */
export interface TrialCautions {
  readonly trials: number;
  readonly trialsWithCautions: number;
  /** The most frequent first. */
  readonly byTag: readonly CautionCount[];
}

/** What to do about each kind of caution. */
const REMEDIES: Readonly<Record<string, string>> = {
  unstable: "raise max_steady_ms or quiet the machine",
  "other load": "stop other work on the machine",
  "slow spell": "find what else ran, or measure at another time",
  throttled: "let the machine cool down or lower its power limit",
  "swap used": "use smaller mini-batches or free memory",
  "frequency changed": "set the governor to performance, or fix the clock",
  "clock jumped": "keep the machine from sleeping and its clock from being set",
  "container limit": "give the container more CPU time or memory",
  "samples missed": "leave a core to the sampler",
  "outputs not finite": "check the model's weights",
};

/**
 * Counts the cautions of trials, by kind.
 *
 * @example
 * trialCautions(readTrials("data/reference-cpu")).byTag[0]; // { tag: "unstable", trials: 122, remedy: "raise …" }
 */
export function trialCautions(trials: readonly TrialRow[]): TrialCautions {
  const ok = trials.filter(({ status }) => status === "ok");
  const counts = new Map<string, number>();
  for (const { cautions } of ok) for (const tag of tagsIn(cautions)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return {
    trials: ok.length,
    trialsWithCautions: ok.filter(({ cautions }) => cautions !== undefined).length,
    byTag: [...counts]
      .map(([tag, count]) => ({ tag, trials: count, remedy: REMEDIES[tag] ?? "see the column cautions of trials" }))
      .sort((a, b) => b.trials - a.trials || (a.tag < b.tag ? -1 : 1)),
  };
}

/** So many kinds come with what to do about them. */
const WITH_REMEDY = 2;

/** In one line how many trials there is a reason to distrust, and what to do; undefined where there are none. */
export function cautionSentence({ trials, trialsWithCautions, byTag }: TrialCautions): string | undefined {
  if (trialsWithCautions === 0) return undefined;
  const counts = byTag.map(({ tag, trials: count }) => `${tag} ${count}`).join(", ");
  const remedies = byTag.slice(0, WITH_REMEDY).map(({ tag, remedy }) => `${tag}: ${remedy}`);
  const verb = trialsWithCautions === 1 ? "has" : "have";
  return `${trialsWithCautions} of ${counted(trials, "trial")} ${verb} cautions: ${counts} (${remedies.join("; ")})`;
}

/** Cautions begin with their kind and are separated by semicolons; a trial has a kind once. */
function tagsIn(cautions: string | undefined): Set<string> {
  const parts = (cautions ?? "").split("; ").filter((part) => part.includes(": "));
  return new Set(parts.map((part) => part.slice(0, part.indexOf(": "))));
}
