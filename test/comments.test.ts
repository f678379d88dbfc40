import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../src/core/package-root.js";

const FOLDERS = ["src", "pipeline", "tools", "bench", "test"];
const WIDTH = 120;

test("no line with a comment is longer than those of the formatter, which wraps no comments", () => {
  const long = FOLDERS.flatMap((folder) =>
    readdirSync(join(PACKAGE_ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => /(?<!\.d)\.(ts|mjs)$/.test(file) && !file.includes("node_modules"))
      .flatMap((file) => {
        const lines = readFileSync(join(PACKAGE_ROOT, folder, file), "utf8").split("\n");
        return lines.flatMap((line, index) =>
          line.length > WIDTH && /^\s*(\/\/|\/?\*)| \/\/ [^"'`]*$/.test(line) ? [`${folder}/${file}:${index + 1}`] : [],
        );
      }),
  );
  assert.deepEqual(long, []);
});
