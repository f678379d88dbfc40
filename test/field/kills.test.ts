import assert from "node:assert/strict";
import { test } from "node:test";
import { kills, VICTIMS } from "../../bench/field/kills.js";

// The long one: npm run bench:field -- --count 0 --kills 100.
test("what is killed goes on: nothing is lost, double, orphaned or left behind", {
  skip: process.platform !== "linux" && "finds processes in /proc",
}, async () => {
  const victims = VICTIMS.slice(0, 4);
  const results = await kills({ seed: 1, count: victims.length });
  assert.deepEqual(
    results.map(({ victim, wrong }) => [victim, wrong]),
    victims.map((victim) => [victim, []]),
  );
  assert.ok(results.some(({ killed }) => killed));
});
