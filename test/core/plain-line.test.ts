import assert from "node:assert/strict";
import { test } from "node:test";
import { plainLine } from "../../src/core/plain-line.js";

test("colours, line breaks and other control characters are no part of a plain line", () => {
  assert.equal(plainLine("\u001b[1;31mfailed:\r\n\t no\u0007 memory\u001b[m\n\u001b[m"), "failed: no memory");
  assert.equal(plainLine("as it is"), "as it is");
  assert.equal(plainLine("\u001b[m\n"), "");
});
