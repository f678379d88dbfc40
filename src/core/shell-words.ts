/** What a shell takes as it is. */
const PLAIN = /^[\w@%+:,./-]+$/;
/** What would end a line, or what a terminal shows otherwise than as itself. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;

/**
 * Words as bash reads them from one line, whatever is in them: nothing in a word is expanded or ends it, and nothing in
 * it is a line break, so that no here-document ends early.
 *
 * Source: Bash Reference Manual, 3.1.2 Quoting
 * @example shellWords(["report", "my data"]) // "report 'my data'"
 */
export function shellWords(words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}

function shellWord(word: string): string {
  if (PLAIN.test(word)) return word;
  if (!CONTROL.test(word) && !word.includes("'")) return `'${word}'`;
  const bytes = Array.from(word, (character) => {
    if (character === "'" || character === "\\") return `\\${character}`;
    return CONTROL.test(character) ? octal(character) : character;
  });
  return `$'${bytes.join("")}'`;
}

/** Each byte of a character as three octal digits, which no digit after them prolongs. */
function octal(character: string): string {
  return [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
