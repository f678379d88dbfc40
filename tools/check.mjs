// Every check, in the order in which a mistake is cheapest to find: format and lint, types, tests, and whether the
// tests call every command and option. With arguments for the test runner only some tests may run: then that one is
// left out. Where CI is set a skipped test fails: a check must not pass because something that it needs is not there.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const module = (...path) => join(ROOT, "node_modules", ...path);
const test = (...path) => join(ROOT, "dist", "test", ...path);
const own = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "batchwise-check-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const calls = join(scratch, "calls");
mkdirSync(calls);
const skipped = join(scratch, "skipped");
/** A file of tests that takes longer hangs, and fails. The longest takes some four minutes on two cores. */
const FILE_LIMIT_MS = 15 * 60_000;
const reporter = (name, destination) => [`--test-reporter=${name}`, `--test-reporter-destination=${destination}`];

const checks = [
  ["format and lint", [module("@biomejs", "biome", "bin", "biome"), "check", "--error-on-warnings", "."]],
  ["types", [module("typescript", "bin", "tsc"), "-p", ROOT, "--noEmit"]],
  ["types of what runs in a browser", [module("typescript", "bin", "tsc"), "-p", join(ROOT, "src", "browser")]],
  [
    "tests",
    [
      "--enable-source-maps",
      "--import",
      pathToFileURL(test("record-calls.js")).href,
      "--test",
      ...reporter("spec", "stdout"),
      ...reporter(pathToFileURL(join(ROOT, "tools", "skipped-tests.mjs")).href, skipped),
      "--test-concurrency=2",
      `--test-timeout=${FILE_LIMIT_MS}`,
      ...own,
      test(),
    ],
  ],
  ...(own.length > 0
    ? []
    : [["commands and options called", [join(ROOT, "dist", "tools", "options-called.js"), calls]]]),
];
const fail = (reason) => {
  process.stderr.write(`check: ${reason}\n`);
  process.exit(1);
};
for (const [name, args] of checks) {
  process.stdout.write(`check: ${name}\n`);
  const { status } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    stdio: "inherit",
    env: { ...process.env, BATCHWISE_CALLS: calls },
  });
  if (status !== 0) fail(`${name} failed`);
  if (name !== "tests" || !process.env.CI) continue;
  const names = readFileSync(skipped, "utf8");
  if (names !== "") fail(`tests were skipped, which CI does not allow:\n${names}`);
}
