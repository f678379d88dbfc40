import assert from "node:assert/strict";
import { test } from "node:test";
import { beginSystemLook } from "../../../src/hardware/system/check-system.js";
import { systemCheckAsJson, systemDocumentSchema } from "../../../src/hardware/system/system-document.js";
import { fixturePlace } from "../fixture-values.js";

const PROBES = { loopMs: 5, touches: 2, touchedMib: 1 };

test("on a machine without kernel files the loop and the touches are all there is, and the rest is unknown", () => {
  const { facts, checks, lookedMs, cpuMs } = beginSystemLook(fixturePlace("empty"), "libno-such-library.so").end(
    PROBES,
  );
  const known = checks.filter(({ verdict }) => verdict !== "unknown").map(({ name }) => name);
  // biome-ignore format: one line
  assert.deepEqual(known.filter((name) => name !== "waiting"), ["lost time", "fresh page"]);
  assert.deepEqual([facts.touch.usPerPage.length, facts.gpus], [2, []]);
  assert.ok(facts.touch.medianUsPerPage > 0 && lookedMs >= 5 && cpuMs > 0);
});

test("a look at recorded files tells what they say, and as JSON fits what a dataset keeps", () => {
  const check = beginSystemLook(fixturePlace("linux-6.18"), "libno-such-library.so").end(PROBES);
  // Oracle: test/fixtures/proc/linux-6.18.
  assert.ok(!("unknown" in check.facts.cores) && !("unknown" in check.facts.limits));
  assert.deepEqual(check.facts.cores.allowed, [0, 1]);
  const document = JSON.parse(JSON.stringify(systemCheckAsJson(check)));
  assert.deepEqual(systemDocumentSchema.parse(document), document);
});
