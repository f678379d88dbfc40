import { existsSync, mkdirSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { reasonOf } from "./reason-of.js";
import { UserError } from "./user-error.js";

/**
 * Makes a folder, with those that it is in, and makes sure that files can be written in it. Nothing is left behind
 * where it can't be. One by one, because Node's own recursive way never ends where a folder can't be made below
 * `/proc`.
 *
 * @param what names the folder in messages
 * @returns the folders that were made, the outermost first
 * @throws UserError with the path and the reason
 */
export function makeFolder(folder: string, what = "folder"): string[] {
  const missing: string[] = [];
  for (let path = resolve(folder); !existsSync(path); path = dirname(path)) missing.unshift(path);
  const made: string[] = [];
  try {
    for (const path of missing) if (makeOne(path)) made.push(path);
    const probe = join(folder, `.batchwise-${process.pid}`);
    try {
      writeFileSync(probe, "1");
    } finally {
      rmSync(probe, { force: true });
    }
  } catch (error) {
    removeEmptyFolders(made);
    throw new UserError(`${what} ${folder}: ${reasonOf(error)}`);
  }
  return made;
}

/**
 * Makes sure that a folder can be made and written, and leaves everything as it was: for what takes long before it
 * writes.
 *
 * @throws UserError with the path and the reason
 */
export function requireWritable(folder: string, what?: string): void {
  removeEmptyFolders(makeFolder(folder, what));
}

/**
 * Makes sure that a file can be written in a folder that is there, and leaves everything as it was.
 *
 * @param what names the file in messages
 * @throws UserError with the path and the reason
 */
export function requireWritableFile(path: string, what: string): void {
  if (!existsSync(dirname(path))) throw new UserError(`${what} ${path}: its folder does not exist`);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new UserError(`${what} ${path}: is a folder`);
  requireWritable(dirname(path), `${what} ${path}: folder`);
}

/** Removes folders of `makeFolder` again, as far as they are empty. */
export function removeEmptyFolders(made: readonly string[]): void {
  try {
    for (const path of made.toReversed()) rmdirSync(path);
  } catch {
    // it holds something
  }
}

/** @returns whether it was not there yet */
function makeOne(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    // another process was faster
    if ((error as NodeJS.ErrnoException).code === "EEXIST" && existsSync(path)) return false;
    throw error;
  }
}
