import { readdirSync, readFileSync } from "node:fs";

/** The names in a folder that match, in order; none where there is no such folder. */
export function listFolder(folder: string, pattern: RegExp): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => pattern.test(name))
      .sort();
  } catch {
    return [];
  }
}

/** A small text file without the blanks around it, undefined where it can't be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}
