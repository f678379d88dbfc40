import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { heldRounds } from "../../bench/truth/rounds.js";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";

test("several processes of a round that was left out stay within their bounds about as often as asked", () => {
  const held = heldRounds(join(PACKAGE_ROOT, "data", "reference-cpu"));
  assert.equal(held.length, 9);
  for (const { together, confidence, groups, withSpells } of held) {
    // Two and a half standard deviations of chance.
    const reach = 2.5 * Math.sqrt((confidence * (1 - confidence)) / groups);
    assert.ok(Math.abs(withSpells - confidence) < reach + 0.02, `${together} at ${confidence}: ${withSpells}`);
  }
  const four = held.find(({ together, confidence }) => together === 4 && confidence === 0.8);
  assert.ok((four?.alone ?? 0) > 0.85, "without spells they are promised too little");
});
