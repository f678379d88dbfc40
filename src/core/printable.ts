/** Control characters, and those that turn the direction of writing round. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** A text from a file as one line that can't move the cursor: such characters as their escapes. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (control) => {
    const escaped = JSON.stringify(control).slice(1, -1);
    return escaped === control ? `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}` : escaped;
  });
}

/** The same for a text of several lines, and for JSON, which leaves some of them as they are. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

const LONG_WORD = /\S{240,}/gu;
const MOST_LENGTH = 800;

/** A text with the beginning and the end of each word in it that nobody reads to its end. */
export function withShortWords(text: string): string {
  return text.replaceAll(LONG_WORD, (word) => `${word.slice(0, 100)}…${word.slice(-100)}`);
}

/** A message as one line that can be read: of a value that is very long its beginning and its end. */
export function oneLine(message: string): string {
  const line = withShortWords(printable(message));
  return line.length <= MOST_LENGTH ? line : `${line.slice(0, MOST_LENGTH)}…`;
}
