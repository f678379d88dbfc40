import { readPart } from "../dataset/part-file.js";
import { readRows } from "../dataset/read-rows.js";
import { lastAttempts } from "../dataset/read-trials.js";
import { formatRow, parseRow, type Table } from "../dataset/table.js";
import { choicesTable, inferencesTable, pulsesTable, trialsTable } from "../dataset/tables.js";
import { measureOne, type OpenSweep } from "./measure-remaining.js";
import { MemoryFrontier } from "./memory-frontier.js";
import type { TrialChooser } from "./trial-chooser.js";

/**
 * Measures one trial after the other as a chooser wants them, from what the dataset holds on; each is on the disk
 * before the next one is chosen.
 *
 * @returns whether the chooser came to its end
 */
export async function measureChosen(sweep: OpenSweep, chooser: TrialChooser): Promise<boolean> {
  const { folder, writer, onEvent, design } = sweep;
  const alreadyDone = writer.trials.length;
  onEvent?.({ kind: "started", total: alreadyDone, alreadyDone, droppedLines: writer.droppedLines });
  chooser.learn({
    trials: lastAttempts(writer.trials),
    inferences: readRows(folder, inferencesTable),
    pulses: writer.pulses,
    choices: readPart(folder, choicesTable),
  });
  const exceeded = new MemoryFrontier(lastAttempts(writer.trials));
  for (let chosen = await chooser.next(); chosen !== undefined; chosen = await chooser.next()) {
    onEvent?.({ kind: "chosen", chosen });
    const { planned, choice, measuring } = chosen;
    const record = await measureOne({ ...sweep, design: { ...design, ...measuring } }, planned, exceeded, choice);
    if (record === undefined) return false;
    const { trial, inferences, pulses, choices = [] } = record;
    chooser.learn({
      trials: asWritten(trialsTable, [trial]),
      inferences: asWritten(inferencesTable, inferences),
      pulses: asWritten(pulsesTable, pulses),
      choices: asWritten(choicesTable, choices),
    });
  }
  return true;
}

/** Rows with the digits that their part file has, so that a sweep that goes on from them chooses the same. */
function asWritten<Row>(table: Table<Row>, rows: readonly Row[]): Row[] {
  return rows.map((row) => parseRow(table, formatRow(table, row)));
}
