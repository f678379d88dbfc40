import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The built modules below a folder of a project, relative to the project, sorted. */
export function builtFiles(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js"))
    .map((file) => join(folder, file))
    .sort();
}

/** A digest of the built code and its tests: what was found out about one build says nothing of another. */
export function hashOfBuild(root: string): string {
  const hash = createHash("sha256");
  for (const file of builtFiles(root, "dist")) {
    if (/\b(?:bench|test\/bench)\/mutants\b/.test(file)) continue; // this bench judges, and isn't judged
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(join(root, file)))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}
