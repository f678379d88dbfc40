/** The words of a command line as a shell makes them: what stands in double quotes is one. */
export function wordsOfLine(line: string): string[] {
  return [...line.matchAll(/(?:"[^"]*"|[^\s"])+/g)].map(([word]) => word.replaceAll('"', ""));
}
