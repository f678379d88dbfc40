import { SingleBar } from "cli-progress";
import { cellWords } from "../../src/core/cell-words.js";
import { monotonicMs } from "../../src/core/clock.js";
import { counted } from "../../src/core/counted.js";
import { formatDuration } from "../../src/core/units.js";
import type { PlannedTrial } from "../../src/design/cells.js";
import { busyNotes } from "../../src/hardware/system/busy-notes.js";
import type { SweepEvent } from "../../src/measure/sweep-event.js";
import { tell as tellPeople } from "./terminal.js";
import { terminalWidth } from "./wrapped.js";

/** Shows a sweep's progress until it is ended. */
export interface Progress {
  tell(event: SweepEvent): void;
  end(): void;
}

const BAR = {
  stream: process.stderr,
  hideCursor: true,
  linewrap: false,
  barsize: 20,
  barCompleteChar: "#",
  barIncompleteChar: "-",
} as const;

/** A bar with cell, trial and remaining time on a terminal; elsewhere one plain line per trial. Both on stderr. */
export function showProgress(nowMs: () => number = monotonicMs): Progress {
  const clock = remainingTime(nowMs);
  return tellingNotes(process.stderr.isTTY ? bar(clock) : lines(clock));
}

/** A progress that also tells what of the machine measurements will suffer from. */
export function tellingNotes(progress: Progress): Progress {
  return {
    ...progress,
    tell(event) {
      const notes =
        event.kind === "system_checked"
          ? busyNotes(event.check)
          : event.kind === "pulse_failed"
            ? [`how fast the machine is can't be told, trials are measured without a pulse: ${event.detail}`]
            : [];
      tellPeople(...notes);
      progress.tell(event);
    },
  };
}

const MOST_BAR = 30;
const LEAST_BAR = 10;

/** What a bar says of a sweep. */
export interface BarState {
  readonly value: number;
  readonly total: number;
  /** The cell that is measured, and which of its trials. */
  readonly cell: string;
  readonly trial: string;
  /** Begins with a comma where there is something to say. */
  readonly left: string;
}

/** A sweep's progress on one line of a terminal: on a narrow one without its bar, then without what tells least. */
export function barLine({ value, total, cell, trial, left }: BarState, columns: number): string {
  const count = `${value}/${total}`;
  const most = `${count} ${cell}${trial}${left}`;
  const room = columns - 2 - most.length; // the last column stays free: some terminals wrap after it
  if (room >= LEAST_BAR) return `${hashes(value / total, Math.min(MOST_BAR, room))} ${most}`;
  const texts = [most, `${count} ${cell}${left}`, `${count}${left}`, count];
  return texts.find(({ length }) => length < columns) ?? "";
}

function hashes(share: number, length: number): string {
  return "#".repeat(Math.round(Math.min(1, share) * length)).padEnd(length, "-");
}

function bar(clock: RemainingTime): Progress {
  const drawn = new SingleBar({
    ...BAR,
    format: (_options, { value, total }, { cell, trial, left }: Pick<BarState, "cell" | "trial" | "left">) =>
      barLine({ value, total, cell, trial, left }, terminalWidth(process.stderr)),
  });
  return {
    tell(event) {
      clock.tell(event);
      if (event.kind === "started") drawn.start(event.total, event.alreadyDone, { cell: "", trial: "", left: "" });
      if (event.kind === "extended") drawn.setTotal(event.total);
      if (event.kind === "trial_started") drawn.update({ ...partsOf(event.planned), left: clock.left() });
      if (event.kind === "trial_ended") drawn.increment({ left: clock.left() });
    },
    end: () => drawn.stop(),
  };
}

const GOALS = {
  "largest mini-batch": "to find the largest mini-batch",
  "slow spell": "again, around which the machine was slower than the session allows",
  latency: "of cells whose latency is not yet known as well as the design wants",
  "another session": "in a session of their own",
} as const;

function lines(clock: RemainingTime): Progress {
  let done = 0;
  let total = 0;
  return {
    tell(event) {
      clock.tell(event);
      if (event.kind === "started") {
        ({ total, alreadyDone: done } = event);
        if (done > 0) process.stderr.write(`resuming: ${done} of ${counted(total, "trial")} measured\n`);
        if (event.droppedLines > 0)
          process.stderr.write(`dropped ${counted(event.droppedLines, "line")} of an unfinished trial\n`);
      }
      if (event.kind === "extended") {
        process.stderr.write(`${counted(event.total - total, "more trial")} ${GOALS[event.goal]}\n`);
        total = event.total;
      }
      if (event.kind === "trial_ended") {
        done++;
        process.stderr.write(`${done}/${total} ${nameOf(event.planned)}: ${event.trial.status}${clock.left()}\n`);
      }
    },
    end() {},
  };
}

interface RemainingTime {
  tell(event: SweepEvent): void;
  /** As the end of a line; nothing where nobody knows yet, or nothing is left. */
  left(): string;
}

/**
 * Remaining time from the mean duration of the trials so far: their order is random, so the mean holds for the rest.
 */
function remainingTime(nowMs: () => number): RemainingTime {
  let total = 0;
  let done = 0;
  let measured = 0;
  let startedMs = 0;
  return {
    tell(event: SweepEvent) {
      if (event.kind === "started") {
        ({ total, alreadyDone: done } = event);
        startedMs = nowMs();
      }
      if (event.kind === "extended") total = event.total;
      if (event.kind === "trial_ended") {
        done++;
        measured++;
      }
    },
    left() {
      if (measured === 0 || done >= total) return "";
      return `, ETA ${formatDuration(((nowMs() - startedMs) / measured) * (total - done))}`;
    },
  };
}

function nameOf(planned: PlannedTrial): string {
  const { cell, trial } = partsOf(planned);
  return `${cell}${trial}`;
}

function partsOf({ cell, trial }: PlannedTrial) {
  return { cell: cellWords(cell), trial: `, trial ${trial}` };
}

/** Shows how many trees of a forest are grown: a bar on a terminal, elsewhere a line for every quarter. On stderr. */
export function showTrees(): (done: number, total: number) => void {
  if (process.stderr.isTTY) {
    let shown: SingleBar | undefined;
    return (done, total) => {
      if (shown === undefined) {
        shown = new SingleBar({ ...BAR, format: "{bar} {value}/{total} trees" });
        shown.start(total, 0);
      }
      shown.update(done);
      if (done < total) return;
      shown.stop();
      shown = undefined;
    };
  }
  return (done, total) => {
    const quarter = (count: number) => Math.floor((4 * count) / total);
    if (quarter(done) > quarter(done - 1)) process.stderr.write(`${done}/${counted(total, "tree")}\n`);
  };
}
