const LEAST_WIDTH = 20;

/** Columns of the terminal, or those that `COLUMNS` says; elsewhere lines are as long as they are. */
export function terminalWidth(stream: { readonly columns?: number } = process.stdout): number {
  const asked = Number(process.env.COLUMNS);
  return asked > 0 ? asked : (stream.columns ?? Number.POSITIVE_INFINITY);
}

/** A text in lines of at most so many characters, broken at blanks; a longer word stays whole. */
export function wrapped(text: string, width: number): string[] {
  return linesOf(text.split(" "), Math.max(LEAST_WIDTH, width));
}

/** The same where no word may stick out: one that is longer is broken, after a mark that parts it if it has one. */
export function squeezed(text: string, width: number): string[] {
  return linesOf(
    text.split(" ").flatMap((word) => broken(word, width)),
    width,
  );
}

function linesOf(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function broken(word: string, width: number): string[] {
  const pieces: string[] = [];
  let rest = word;
  while (rest.length > width) {
    const mark = Math.max(...["/", "_", "-", ","].map((each) => rest.lastIndexOf(each, width - 1)));
    const length = mark >= width / 2 ? mark + 1 : width;
    pieces.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return [...pieces, rest];
}
