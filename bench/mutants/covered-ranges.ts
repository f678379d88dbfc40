/** Half-open ranges of offsets, ascending and apart. */
export type Ranges = readonly (readonly [start: number, end: number])[];

/** A script in V8's coverage: per function its own range first, then the blocks in it whose count differs. */
export interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly {
    readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number; readonly count: number }[];
  }[];
}

/** What one process executed of a script: each offset has the count of the innermost range that holds it. */
export function coveredRanges({ functions }: ScriptCoverage): Ranges {
  const ranges = functions
    .flatMap(({ ranges }) => ranges)
    .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset); // outer before inner
  const executed = new Uint8Array(Math.max(0, ...ranges.map(({ endOffset }) => endOffset)));
  for (const { startOffset, endOffset, count } of ranges) executed.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  return rangesOf(executed);
}

/** What is in one or the other. */
export function union(a: Ranges, b: Ranges): Ranges {
  const both = new Uint8Array(Math.max(a.at(-1)?.[1] ?? 0, b.at(-1)?.[1] ?? 0));
  for (const [start, end] of [...a, ...b]) both.fill(1, start, end);
  return rangesOf(both);
}

export function holds(ranges: Ranges, offset: number): boolean {
  return ranges.some(([start, end]) => start <= offset && offset < end);
}

function rangesOf(flags: Uint8Array): Ranges {
  const ranges: [number, number][] = [];
  for (let start = flags.indexOf(1); start >= 0; ) {
    const zero = flags.indexOf(0, start);
    const end = zero < 0 ? flags.length : zero;
    ranges.push([start, end]);
    start = flags.indexOf(1, end);
  }
  return ranges;
}
