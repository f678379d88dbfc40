// Writes docs/files.md and schemas/ from the schemas of the files that users write; a test holds the committed files
// against them.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../src/core/package-root.js";
import { FILE_KINDS, fileReference, jsonSchemaOf } from "./file-reference.js";

const folder = join(PACKAGE_ROOT, "schemas");
mkdirSync(folder, { recursive: true });
for (const kind of FILE_KINDS) {
  writeFileSync(join(folder, `${kind.name}.schema.json`), `${JSON.stringify(jsonSchemaOf(kind), undefined, 2)}\n`);
}
writeFileSync(join(PACKAGE_ROOT, "docs", "files.md"), fileReference());
