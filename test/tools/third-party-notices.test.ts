import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { thirdPartyNotices } from "../../tools/third-party-notices.js";

const notices = readFileSync(join(PACKAGE_ROOT, "THIRD-PARTY-NOTICES.md"), "utf8");

test("the notices are those of the lock file; npm run third-party-notices writes them", () => {
  assert.equal(notices, thirdPartyNotices());
});

test("every dependency is under the licence that its own manifest names", () => {
  const manifest = (...path: string[]) => JSON.parse(readFileSync(join(PACKAGE_ROOT, ...path, "package.json"), "utf8"));
  const rows = [...notices.matchAll(/^\| (.+) \| (.+) \|$/gm)].map(([, licence, labels = ""]) => ({
    licence,
    labels: labels.split(", "),
  }));
  const dependencies = Object.keys(manifest().dependencies);
  assert.ok(dependencies.length > 20);
  for (const name of dependencies) {
    if (!existsSync(join(PACKAGE_ROOT, "node_modules", name))) continue;
    const { version, license } = manifest("node_modules", name);
    const row = rows.find(({ labels }) => labels.includes(`${name} ${version}`));
    assert.equal(row?.licence, license, name);
  }
});
