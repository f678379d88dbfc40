/** One replacement in a text. Offsets are those of JavaScript strings, as V8's coverage has them. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** What kind of mistake it is, e.g. `comparison`. */
  readonly operator: string;
  /** How often it is drawn, relative to other edits. */
  readonly weight: number;
}

/** A mistake in one built file. */
export interface Mutant extends Edit {
  /** Relative to the project, e.g. `dist/src/plan/question/capacity.js`. */
  readonly file: string;
  /** The folder of src, e.g. `plan`. */
  readonly folder: string;
  /**
   * The line in the source, e.g. `src/plan/question/capacity.ts:100`; that of the built file where no source map leads
   * there.
   */
  readonly place: string;
  /** The built lines that change, on one line, without and with the mistake. */
  readonly was: string;
  readonly becomes: string;
}

export function applyEdit(code: string, { start, end, replacement }: Edit): string {
  return code.slice(0, start) + replacement + code.slice(end);
}

/** The lines around an edit, without and with it, each on one line. */
export function linesOf(code: string, edit: Edit): { was: string; becomes: string } {
  const from = code.lastIndexOf("\n", edit.start - 1) + 1;
  const newline = code.indexOf("\n", edit.end);
  const to = newline < 0 ? code.length : newline;
  const oneLine = (text: string) => text.replace(/\s+/g, " ").trim();
  return {
    was: oneLine(code.slice(from, to)),
    becomes: oneLine(code.slice(from, edit.start) + edit.replacement + code.slice(edit.end, to)),
  };
}
