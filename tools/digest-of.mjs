import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** A digest of files and folders of a project, and of the version of Node.js: what was made of them is made again. */
export function digestOf(root, inputs) {
  const hash = createHash("sha256").update(process.version);
  for (const path of inputs.flatMap((input) => filesBelow(join(root, input)))) {
    hash.update(path.slice(root.length)).update(readFileSync(path));
  }
  return hash.digest("hex");
}

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name)));
}
