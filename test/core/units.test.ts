import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BYTES_PER_MIB,
  exactDuration,
  formatDuration,
  mibFromBytes,
  parseDurationMs,
  parseNumber,
} from "../../src/core/units.js";

test("numbers are read as people write them", () => {
  for (const [text, value] of [
    ["10000", 10_000],
    ["10_000", 10_000],
    ["1e4", 10_000],
    ["1E+4", 10_000],
    [" 2.5 ", 2.5],
    [".5", 0.5],
    ["1_0.2_5e-1", 1.025],
  ] as const) {
    assert.equal(parseNumber(text), value, text);
  }
});

test("what is not a decimal number is none", () => {
  for (const text of ["", " ", "_1", "1_", "1__0", "10,000", "-1", "+1", "0x10", "1e", "Infinity", "NaN", "5s"]) {
    assert.equal(parseNumber(text), undefined, JSON.stringify(text));
  }
});

test("durations are a number and a unit, with or without a space", () => {
  for (const [text, ms] of [
    ["10s", 10_000],
    ["10 s", 10_000],
    ["1e3 ms", 1000],
    ["1_000ms", 1000],
    ["2.5s", 2500],
    ["5us", 0.005],
    ["3 min", 180_000],
    ["24h", 86_400_000],
    ["1 d", 86_400_000],
    [" 7 s ", 7000],
    ["1 h 30 min", 5_400_000],
    ["1h30min", 5_400_000],
    ["1 min 0.5s", 60_500],
  ] as const) {
    assert.equal(parseDurationMs(text), ms, text);
  }
  for (const text of ["10", "s", "0s", "-1s", "1 fortnight", "1e s", "5ms 1s", "1s 1s", "1 h 30", "1,5s"]) {
    assert.throws(() => parseDurationMs(text), /allowed is a positive number with us, ms, s, min, h or d/, text);
  }
});

test("a message names what the duration is of", () => {
  assert.throws(() => parseDurationMs("5", "--deadline"), { message: /^--deadline "5": allowed is a positive number/ });
});

test("durations are shown with three digits below a minute, and in whole seconds or minutes above", () => {
  for (const [ms, text] of [
    [0, "0 s"],
    [0.0123456, "12.3 us"],
    [0.9996, "1 ms"],
    [1, "1 ms"],
    [12.3456, "12.3 ms"],
    [999.4, "999 ms"],
    [999.6, "1 s"],
    [1000, "1 s"],
    [59_940, "59.9 s"],
    [59_960, "1 min"],
    [60_000, "1 min"],
    [95_400, "1 min 35 s"],
    [95_500, "1 min 36 s"],
    [3_599_400, "59 min 59 s"],
    [3_599_500, "1 h"],
    [3_600_000, "1 h"],
    [7_379_000, "2 h 2 min"],
    [35_201_000, "9 h 46 min"],
    [90_000_000, "25 h"],
  ] as const) {
    assert.equal(formatDuration(ms), text);
  }
});

test("a mebibyte is 2^20 bytes", () => {
  assert.equal(mibFromBytes(3 * 2 ** 20), 3);
  assert.equal(BYTES_PER_MIB, 1_048_576);
});

test("an exact duration keeps every microsecond, and is read back as it is shown", () => {
  for (const [ms, text] of [
    [0.001, "1 us"],
    [109.999, "109.999 ms"],
    [1000, "1 s"],
    [10_394.222, "10.394222 s"],
    [60_000, "1 min"],
    [95_400.001, "1 min 35.400001 s"],
    [35_201_000, "9 h 46 min 41 s"],
    [36_000_000, "10 h"],
    [1e12, "277777 h 46 min 40 s"],
  ] as const) {
    assert.equal(exactDuration(ms), text);
    assert.ok(Math.abs(parseDurationMs(text) - ms) < 1e-6 * Math.max(1, ms / 1e6), text);
  }
});
