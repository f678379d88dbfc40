import type { SystemFinding, SystemVerdict } from "./finding.js";
import { judgeGpu } from "./judge-gpu.js";
import { judgeMoment } from "./judge-moment.js";
import { judgePage } from "./judge-page.js";
import { judgeSettings } from "./judge-settings.js";
import type { SystemFacts } from "./system-facts.js";

/** What a machine's facts mean for measuring on it. */
export interface SystemJudgement {
  /**
   * The worst of what the machine does just now. How it is at any time counts where it is bad; what only calls for
   * caution does not, because most machines have some of that, and a verdict that is always the same says nothing.
   */
  readonly verdict: SystemVerdict;
  /** The verdict and its reasons in one line. */
  readonly summary: string;
  readonly checks: readonly SystemFinding[];
}

/**
 * Judges a machine by its facts alone.
 *
 * @example
 * judgeSystem(facts).summary; // "bad for measuring now: other load, waiting"
 */
export function judgeSystem(facts: SystemFacts): SystemJudgement {
  const moment = judgeMoment(facts);
  const isBusy = moment.some(({ name, verdict }) => BUSY.has(name) && verdict !== "good" && verdict !== "unknown");
  const page = judgePage(facts.touch, isBusy);
  const checks = [...moment, page, ...judgeSettings(facts), ...facts.gpus.flatMap(judgeGpu)];
  const counting = checks.filter(({ about, verdict }) => about === "moment" || verdict === "bad");
  const verdict = worstOf(counting);
  const namesOf = (wanted: SystemVerdict, among: readonly SystemFinding[]) =>
    among.filter((check) => check.verdict === wanted).map(({ name }) => name);
  const anyTime = checks.filter((check) => !counting.includes(check));
  const parts = [
    HEADS[verdict](counting.filter((check) => check.verdict === verdict).map(({ name }) => name)),
    ...list("at any time", namesOf("caution", anyTime)),
    ...list("can't be known", verdict === "unknown" ? [] : namesOf("unknown", checks)),
  ];
  return { verdict, summary: parts.join("; "), checks };
}

/** Checks that say that others use the machine. */
const BUSY: ReadonlySet<string> = new Set(["other load", "waiting", "stolen time", "lost time"]);

const HEADS: Readonly<Record<SystemVerdict, (names: readonly string[]) => string>> = {
  good: () => "good for measuring: nothing disturbs it now",
  caution: (names) => `measure with caution: ${names.join(", ")}`,
  bad: (names) => `bad for measuring now: ${names.join(", ")}`,
  unknown: () => "unknown: nothing here says what the machine does",
};

function list(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${what}: ${names.join(", ")}`];
}

function worstOf(checks: readonly SystemFinding[]): SystemVerdict {
  const verdicts = new Set(checks.map(({ verdict }) => verdict));
  return (["bad", "caution", "good"] as const).find((verdict) => verdicts.has(verdict)) ?? "unknown";
}
