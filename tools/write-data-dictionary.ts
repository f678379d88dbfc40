// Writes data/README.md from the tables' definitions; a test holds the committed file against them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../src/core/package-root.js";
import { dataDictionary } from "../src/dataset/data-dictionary.js";

writeFileSync(join(PACKAGE_ROOT, "data", "README.md"), dataDictionary());
