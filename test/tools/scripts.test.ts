import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";

/** What starts scripts outside of the code, where no compiler sees that one has moved. */
const STARTED_BY = ["package.json", ".binder/postBuild", ".devcontainer/devcontainer.json"];

test("every script that npm, Binder and the development container start is there", () => {
  for (const file of STARTED_BY) {
    const text = readFileSync(join(PACKAGE_ROOT, file), "utf8");
    const started = [...text.matchAll(/\bnode ([\w./-]+\.m?js)\b/g)].map(([, script = ""]) => script);
    assert.ok(started.length > 0, file);
    const missing = started.filter((script) => !existsSync(join(PACKAGE_ROOT, script)));
    assert.deepEqual(missing, [], file);
  }
});
