import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { z } from "zod";
import { readJson } from "./check-value.js";
import { reasonOf } from "./reason-of.js";
import { UserError } from "./user-error.js";

/**
 * The contents of a JSON file that a user gave, checked against a schema.
 *
 * @param what names the kind of file in messages, e.g. "design"
 * @throws UserError if the file can't be read, is not JSON or does not fit; the message names the first misfit
 */
export function readJsonFile<T>(path: string, what: string, schema: z.ZodType<T>): T {
  let text: string;
  try {
    text = readFileSync(path, "utf8").replace(/^\uFEFF/, ""); // some editors write a byte order mark
  } catch (error) {
    throw new UserError(`${what} ${path}: ${reasonOf(error)}`);
  }
  return readJson(text, `${what} ${path}`, schema);
}

/** Writes JSON so that a reader, or a crash, sees the old or the new file and never half of one. */
export function writeJsonFile(path: string, value: unknown): void {
  writeFileDurably(path, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Writes a file so that a reader, or a crash, sees the old or the new one and never half of it.
 *
 * @throws Error with the path and the reason, and leaves nothing behind
 */
export function writeFileDurably(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, "w");
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new Error(`${path}: ${reasonOf(error)}`);
  }
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
