// Every check, in the order in which a mistake is cheapest to find: format and lint, types, tests, and whether the tests
// call every command and option. With arguments for the test runner only some tests may run: then that one is left out.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const module = (...path) => join(ROOT, "node_modules", ...path);
const test = (...path) => join(ROOT, "dist", "test", ...path);
const own = process.argv.slice(2);
const calls = mkdtempSync(join(tmpdir(), "batchwise-calls-"));
process.on("exit", () => rmSync(calls, { recursive: true, force: true }));

const checks = [
  ["format and lint", [module("@biomejs", "biome", "bin", "biome"), "check", "--error-on-warnings", "."]],
  ["types", [module("typescript", "bin", "tsc"), "-p", ROOT, "--noEmit"]],
  [
    "tests",
    [
      "--enable-source-maps",
      "--import",
      pathToFileURL(test("record-calls.js")).href,
      "--test",
      "--test-reporter=spec",
      "--test-concurrency=2",
      ...own,
      test(),
    ],
  ],
  ...(own.length > 0
    ? []
    : [["commands and options called", [join(ROOT, "dist", "pipeline", "options-called.js"), calls]]]),
];
for (const [name, args] of checks) {
  process.stdout.write(`check: ${name}\n`);
  const { status } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, BATCHWISE_CALLS: calls },
  });
  if (status !== 0) {
    process.stderr.write(`check: ${name} failed\n`);
    process.exit(1);
  }
}
