const LEAST_WIDTH = 20;

/** Columns of the terminal, or those that `COLUMNS` says; elsewhere lines are as long as they are. */
export function terminalWidth(): number {
  const asked = Number(process.env.COLUMNS);
  return asked > 0 ? asked : (process.stdout.columns ?? Number.POSITIVE_INFINITY);
}

/** A text in lines of at most so many characters, broken at blanks; a longer word stays whole. */
export function wrapped(text: string, width: number): string[] {
  const most = Math.max(LEAST_WIDTH, width);
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= most) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
