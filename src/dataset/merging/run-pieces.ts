import { UserError } from "../../core/user-error.js";
import type { Provenance } from "../data-package.js";
import { trialsTable } from "../tables.js";
import type { MergeSource } from "./merge-source.js";
import { firstDifference, readHeader, rowSpans, type Span } from "./row-spans.js";
import { findRunSpans, type RunSpans } from "./run-spans.js";

/** The rows of one run, in the dataset that has the most of them. */
export interface Piece {
  readonly runId: string;
  readonly source: MergeSource;
  readonly spans: RunSpans;
}

/**
 * The rows of each run, in the order of the runs; none of one that has no trials.
 *
 * @param names of the tables whose rows belong to trials
 * @throws UserError where what two datasets have of a run is not the same from its beginning on
 */
export function piecesOf({ runs }: Provenance, sources: readonly MergeSource[], names: readonly string[]): Piece[] {
  const spanned = sources.map((source) => ({ source, spans: findRunSpans(source, names) }));
  return runs.flatMap(({ run_id: runId }) => {
    const piece = longest(runId, spanned);
    return piece === undefined ? [] : [piece];
  });
}

/** @throws UserError where what another dataset has of the run is not the beginning of it */
function longest(runId: string, spanned: readonly Omit<Piece, "runId">[]): Piece | undefined {
  const length = ({ spans }: Omit<Piece, "runId">) => lengthOf(spans.get(trialsTable.name)?.get(runId));
  const having = spanned.filter((one) => length(one) > 0);
  const [first, ...others] = having.toSorted((a, b) => length(b) - length(a));
  if (first === undefined) return undefined;
  for (const other of others) requireBeginning(runId, first, other);
  return { runId, ...first };
}

function requireBeginning(runId: string, whole: Omit<Piece, "runId">, part: Omit<Piece, "runId">): void {
  for (const [name, ofPart] of part.spans) {
    const [a, b] = [ofPart.get(runId), whole.spans.get(name)?.get(runId)];
    const [pathA = "", pathB = ""] = [part.source.files.get(name), whole.source.files.get(name)];
    if (a === undefined) continue;
    const trial = b === undefined ? trialAt(pathA, a.start) : differingTrial(pathA, a, pathB, b);
    if (trial === undefined) continue;
    throw new UserError(
      `trial ${trial}: is in ${part.source.name} and in ${whole.source.name} with other ${name}, allowed are the same bytes`,
    );
  }
}

/** The first trial of whose rows the second piece does not begin with the same. */
function differingTrial(pathA: string, a: Span, pathB: string, b: Span): string | undefined {
  const headers = [readHeader(pathA), readHeader(pathB)] as const;
  if (headers[0].join() !== headers[1].join()) {
    const all = [...new Set([...headers[0], ...headers[1]])];
    const others = rowsIn(pathB, b, all);
    for (const row of rowsIn(pathA, a, all)) if (row.join() !== others.next().value?.join()) return row[0];
    return undefined;
  }
  const at = firstDifference(pathA, a, pathB, b) ?? (lengthOf(b) < lengthOf(a) ? lengthOf(b) : undefined);
  return at === undefined ? undefined : trialAt(pathA, a.start + at);
}

function lengthOf(span: Span | undefined): number {
  return span === undefined ? 0 : span.end - span.start;
}

function trialAt(path: string, place: number): string | undefined {
  for (const { cells, end } of rowSpans(path, 1)) if (end > place) return cells[0];
  return undefined;
}

/** The cells of rows under other headers: those of features that a machine has not are empty. */
export function* rowsIn(path: string, { start, end }: Span, headers: readonly string[]): Generator<string[], void> {
  const own = readHeader(path);
  const places = headers.map((header) => own.indexOf(header));
  for (const row of rowSpans(path, own.length)) {
    if (row.start >= end) return;
    if (row.start >= start) yield places.map((place) => row.cells[place] ?? "");
  }
}
