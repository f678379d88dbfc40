import type { PlanClass } from "../plan/answer/plan-document.js";
import type { WrittenQuestion } from "./written-question.js";

/** The options of `batchwise plan` that are not a word and a value of the same name. */
const FLAGS = ["shorterLast"];

/**
 * What `batchwise` is told to answer a question.
 *
 * @param devices the path of a device file
 * @example
 * planArguments("soft", { images: "100", deadline: "5 s", start: "loaded" }, "devices.json");
 * // ["plan", "soft", "--images", "100", "--deadline", "5 s", "--start", "loaded", "--devices", "devices.json"]
 */
export function planArguments(planClass: PlanClass, question: WrittenQuestion, devices: string): string[] {
  const options = Object.entries(question).flatMap(([key, value]: [string, string | readonly string[] | boolean]) => {
    const option = `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (FLAGS.includes(key)) return value === true ? [option] : [];
    return [value].flat().flatMap((text) => [option, String(text)]);
  });
  return ["plan", planClass, ...options, "--devices", devices];
}

/**
 * Words as a line that a POSIX shell takes apart into them again.
 *
 * @example shellLine(["--deadline", "5 s"]); // "--deadline '5 s'"
 */
export function shellLine(words: readonly string[]): string {
  return words.map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(" ");
}
