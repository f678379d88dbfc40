import { UserError } from "../../src/core/user-error.js";

/**
 * The words of a text as a shell makes them: blanks part them, but not between quotes.
 *
 * @param what names the text in messages
 * @throws UserError if a quote is not closed
 * @example wordsOf("plan soft --deadline '10 s'", "--until") // ["plan", "soft", "--deadline", "10 s"]
 */
export function wordsOf(text: string, what: string): string[] {
  const words = [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
    word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ""),
  );
  const quotes = text.replaceAll(/"[^"]*"|'[^']*'/g, "");
  if (/["']/.test(quotes)) throw new UserError(`${what} ${JSON.stringify(text)}: a quote is not closed`);
  return words;
}
