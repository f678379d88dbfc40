import assert from "node:assert/strict";
import { test } from "node:test";
import { counted } from "../../src/core/counted.js";

test("one thing is one, none and several are many", () => {
  assert.deepEqual(
    [0, 1, 2].map((count) => counted(count, "device")),
    ["0 devices", "1 device", "2 devices"],
  );
});
