import { parseNumber } from "../../src/core/units.js";
import { UserError } from "../../src/core/user-error.js";
import { type AskedPlan, askedPlan } from "./plan-words.js";
import { wordsOf } from "./words-of.js";

/** What a sweep measures until. */
export type UntilGoal =
  | { readonly kind: "plan"; readonly text: string; readonly asked: AskedPlan }
  | { readonly kind: "precision"; readonly text: string; readonly halfWidth: number }
  | { readonly kind: "claims"; readonly text: string };

/** @throws UserError if the text says nothing that can be measured until */
export function parseUntil(text: string): UntilGoal {
  const [first, ...words] = wordsOf(text, "--until");
  const written = [first, ...words].join(" ");
  if (first === "plan") return { kind: "plan", text: written, asked: askedPlan(words, "--until") };
  if (first === "precision" && words.length === 1) {
    return { kind: "precision", text: written, halfWidth: parsePercent("--until precision", words[0] ?? "") };
  }
  if (first === "claims" && words.length === 0) return { kind: "claims", text: written };
  throw new UserError(
    `--until ${JSON.stringify(text)}: allowed are plan with the words of a question, precision with per cent as in 5%, and claims`,
  );
}

/** A share in per cent, above 0 and below so many. */
export function parsePercent(option: string, text: string, below = 100): number {
  const [, number = ""] = /^(.*?)\s*%$/.exec(text.trim()) ?? [];
  const percent = parseNumber(number);
  if (percent === undefined || !(percent > 0 && percent < below)) {
    throw new UserError(`${option} ${JSON.stringify(text)}: allowed are per cent above 0 and below ${below}, as in 5%`);
  }
  return percent / 100;
}
