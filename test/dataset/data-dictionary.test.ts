import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { dataDictionary } from "../../src/dataset/data-dictionary.js";

test("data/README.md is the data dictionary of the tables as they are defined", () => {
  assert.equal(readFileSync(join(PACKAGE_ROOT, "data", "README.md"), "utf8"), dataDictionary());
});
