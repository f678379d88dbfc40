import assert from "node:assert/strict";
import { test } from "node:test";
import {
  parseInteger,
  parseIntegers,
  parseName,
  parseNames,
  parsePositive,
  parseTimeMs,
} from "../../pipeline/arguments.js";

test("a range's ends are allowed, what is beyond them is refused with what is allowed", () => {
  const range = { least: 2, most: 1000 };
  assert.deepEqual([parseInteger("--n", "2", range), parseInteger("--n", "1_000", range)], [2, 1000]);
  for (const text of ["1", "1001", "2.5", "many", ""]) {
    const message = `--n ${JSON.stringify(text)}: allowed are whole numbers from 2 to 1000`;
    assert.throws(() => parseInteger("--n", text, range), { name: "UserError", message });
  }
  assert.throws(() => parseInteger("--n", "0"), { message: '--n "0": allowed are whole numbers from 1' });
  assert.throws(() => parseInteger("--n", "9007199254740992"), /whole numbers/);
  assert.deepEqual(parseIntegers("--sizes", "32, 64,1e2"), [32, 64, 100]);
});

test("a number above 0 may be as large as its limit", () => {
  assert.deepEqual([parsePositive("--x", "1e-3"), parsePositive("--x", "5", 5)], [0.001, 5]);
  assert.throws(() => parsePositive("--x", "5.1", 5), { message: '--x "5.1": allowed are numbers above 0 up to 5' });
  assert.throws(() => parsePositive("--x", "0"), { message: '--x "0": allowed are numbers above 0' });
});

test("a time is from a microsecond to 1e12 ms, and a name one of those that there are", () => {
  assert.deepEqual(
    [parseTimeMs("--t", "1us"), parseTimeMs("--t", "1e12 ms"), parseTimeMs("--t", "2 min")],
    [0.001, 1e12, 120_000],
  );
  for (const text of ["0.9us", "1.1e12ms"]) assert.throws(() => parseTimeMs("--t", text), /allowed are 0\.001 to/);
  assert.equal(parseName("--f", ["lp", "mps"], "mps"), "mps");
  assert.deepEqual(parseNames("--f", ["lp", "mps"], "mps, lp"), ["mps", "lp"]);
  assert.throws(() => parseNames("--f", ["lp", "mps"], "lp,"), { message: "--f : allowed are lp, mps" });
  assert.throws(() => parseName("--f", ["lp", "mps"], "xml"), { message: "--f xml: allowed are lp, mps" });
});
