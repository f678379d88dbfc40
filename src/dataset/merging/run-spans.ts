import { UserError } from "../../core/user-error.js";
import { trialsTable } from "../tables.js";
import type { MergeSource } from "./merge-source.js";
import { type RowSpan, rowSpans, type Span } from "./row-spans.js";

/** Where the rows of each run stand in each table of a dataset: by the table's name, then by the run's id. */
export type RunSpans = ReadonlyMap<string, ReadonlyMap<string, Span>>;

/**
 * Finds the rows of each run. A sweep appends, so that those of one run stand together, and the rows of trials in all
 * tables in the order of `trials`. What a killed sweep had written of a trial that is not in `trials` is left out.
 *
 * @param names of the tables whose rows belong to trials
 * @throws UserError if rows stand in another order
 */
export function findRunSpans(source: MergeSource, names: readonly string[]): RunSpans {
  const trials = source.files.get(trialsTable.name);
  const found = new Map<string, Map<string, Span>>();
  if (trials === undefined) return found;
  found.set(
    trialsTable.name,
    spansOf(trials, rowSpans(trials, 2), ({ cells }) => cells[1] ?? ""),
  );
  for (const name of names) {
    const path = source.files.get(name);
    if (path !== undefined)
      found.set(
        name,
        spansOf(path, committed(source, path, trials), ({ runId }) => runId),
      );
  }
  return found;
}

/** A row of a trial that is in `trials`, with the trial's run. */
interface CommittedRow extends Span {
  readonly runId: string;
}

function* committed({ name, data }: MergeSource, path: string, trials: string): Generator<CommittedRow, void> {
  const known = rowSpans(trials, 2);
  let current: RowSpan | undefined;
  for (const { start, end, cells } of rowSpans(path, 1)) {
    const [trialId] = cells;
    while (current === undefined || current.cells[0] !== trialId) {
      const next = known.next();
      if (next.done) {
        if (data.status === "running") return; // it was killed while it wrote this trial
        throw new UserError(
          `dataset ${name}: ${path}: trial ${trialId} is not in trials, or not in their order, see dataset check`,
        );
      }
      current = next.value;
    }
    yield { start, end, runId: current.cells[1] ?? "" };
  }
}

function spansOf<Row extends Span>(path: string, rows: Iterable<Row>, runOf: (row: Row) => string): Map<string, Span> {
  const spans = new Map<string, { start: number; end: number }>();
  for (const row of rows) {
    const runId = runOf(row);
    const span = spans.get(runId);
    if (span === undefined) spans.set(runId, { start: row.start, end: row.end });
    else if (span.end === row.start) span.end = row.end;
    else throw new UserError(`part file ${path}: the rows of run ${runId} do not stand together`);
  }
  return spans;
}
