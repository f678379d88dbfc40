import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { z } from "zod";
import { checkValue } from "../../src/core/check-value.js";
import { readJsonFile, writeFileDurably, writeJsonFile } from "../../src/core/json-file.js";
import { reasonOf } from "../../src/core/reason-of.js";
import { UserError } from "../../src/core/user-error.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-json-"));
after(() => rmSync(folder, { recursive: true }));

const schema = z.strictObject({ name: z.string(), sizes: z.array(z.int("allowed are whole numbers")) });

function written(text: string): string {
  const path = join(folder, "file.json");
  writeFileSync(path, text);
  return path;
}

test("a JSON file is read, with or without a byte order mark", () => {
  const value = { name: "a", sizes: [1] };
  assert.deepEqual(readJsonFile(written(JSON.stringify(value)), "design", schema), value);
  assert.deepEqual(readJsonFile(written(`\uFEFF${JSON.stringify(value)}`), "design", schema), value);
});

test("a file that can't be written is told with its own path, and nothing is left behind", () => {
  const own = join(folder, "unwritable");
  mkdirSync(join(own, "taken"), { recursive: true });
  for (const [name, reason] of [
    ["taken", "illegal operation on a directory"],
    ["none/file.json", "no such file or directory"],
  ] as const) {
    assert.throws(() => writeFileDurably(join(own, name), "{}"), { message: `${join(own, name)}: ${reason}` });
  }
  assert.deepEqual(readdirSync(own), ["taken"]);
});

test("what is wrong with a JSON file is told in one line, with kind, path and place", () => {
  const refused = (path: string, message: RegExp) => {
    assert.throws(
      () => readJsonFile(path, "design", schema),
      (error) => {
        assert.ok(error instanceof UserError);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      },
    );
  };
  refused(written('{ "name": "a", "sizes": [], "__proto__": 1 }'), /^design .*: key __proto__, allowed are others$/);
  refused(join(folder, "none.json"), /^design .*none\.json: no such file or directory$/);
  refused(
    written("[1,\n\n  x]"),
    /^design .*file\.json: not JSON \(Unexpected token 'x', "\[1, x\]" is not valid JSON\)$/,
  );
  refused(written('{"name":"a","sizes":[1,2.5]}'), /^design .*file\.json: sizes\.1: allowed are whole numbers$/);
  refused(written("7"), /^design .*file\.json: Invalid input/);
});

test("a value that fits comes back, defaults filled in", () => {
  assert.deepEqual(checkValue({}, "value", z.object({ trials: z.int().default(3) })), { trials: 3 });
});

test("a JSON file is written with a line end, replaces the old one and leaves nothing beside it", () => {
  const own = join(folder, "own");
  mkdirSync(own);
  const path = join(own, "value.json");
  writeFileSync(path, "old and longer than what takes its place");
  const openFiles = () => (process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0);
  const before = openFiles();
  writeJsonFile(path, { a: [1] });
  assert.equal(openFiles(), before);
  assert.equal(readFileSync(path, "utf8"), '{\n  "a": [\n    1\n  ]\n}\n');
  assert.deepEqual(readdirSync(own), ["value.json"]);
});

test("a file that can't be written leaves the old one and nothing beside it", () => {
  const own = join(folder, "refused");
  mkdirSync(own);
  const path = join(own, "value.json");
  writeFileSync(path, "old");
  const noText = 7 as unknown as string; // writing it fails after the temporary file was made, as on a full disk
  assert.throws(() => writeFileDurably(path, noText), /^Error: .*value\.json: The "data" argument/);
  assert.equal(readFileSync(path, "utf8"), "old");
  assert.deepEqual(readdirSync(own), ["value.json"]);
});

test("a failed system call is told in the words of its code, anything else in its own", () => {
  assert.equal(reasonOf(new Error("ENOSPC: no space left on device, write")), "no space left on device");
  assert.equal(reasonOf(new Error("something else, really")), "something else, really");
  assert.equal(reasonOf("a text"), "a text");
});
