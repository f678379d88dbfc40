import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { catalogueFor } from "../../src/hardware/catalogue.js";
import { processTree } from "../../src/hardware/kernel/process-tree.js";

test("every feature that docs/monitor.md names is in the catalogue, and so are the numbers of features", () => {
  const text = readFileSync(join(PACKAGE_ROOT, "docs", "monitor.md"), "utf8");
  const features = catalogueFor({ platform: "linux", gpus: 1 });
  const known = new Set([...features, ...processTree.features].map(({ name }) => name));
  const named = [...text.matchAll(/`([a-z0-9_]+\/[a-z0-9_]+)`/g)].map(([, name = ""]) => name);
  assert.ok(named.length > 80);
  assert.deepEqual(
    named.filter((name) => !known.has(name)),
    [],
  );
  const withoutGpu = catalogueFor({ platform: "linux", gpus: 0 }).length;
  assert.match(
    text,
    new RegExp(`^${withoutGpu} features of a Linux machine without a GPU, ${features.length - withoutGpu} more`, "m"),
  );
  assert.ok(withoutGpu >= 164 && features.length - withoutGpu >= 60);
});
