// What a process that `startProcess` started does with its descriptors.
import { readFileSync, writeSync } from "node:fs";

const EVENTS_FILE = 3;
const WORK_FILE = 4;
const parentPid = process.ppid;

/** The work that this process was started for. */
export function workGiven<Work>(): Work {
  return JSON.parse(readFileSync(WORK_FILE, "utf8")) as Work;
}

/** Tells whoever started this process what happened: one JSON line. */
export function tellParent(event: object): void {
  writeSync(EVENTS_FILE, `${JSON.stringify(event)}\n`);
}

/** Whether whoever started this process is gone, so that nobody would hear the rest. */
export function isOrphan(): boolean {
  return process.ppid !== parentPid;
}
