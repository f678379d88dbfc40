// Every check, in the order in which a mistake is cheapest to find: format and lint, types, tests.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const module = (...path) => join(ROOT, "node_modules", ...path);

const checks = [
  ["format and lint", [module("@biomejs", "biome", "bin", "biome"), "check", "--error-on-warnings", "."]],
  ["types", [module("typescript", "bin", "tsc"), "-p", ROOT, "--noEmit"]],
  [
    "tests",
    [
      "--enable-source-maps",
      "--test",
      "--test-reporter=spec",
      "--test-concurrency=2",
      ...process.argv.slice(2),
      join(ROOT, "dist", "test"),
    ],
  ],
];
for (const [name, args] of checks) {
  process.stdout.write(`check: ${name}\n`);
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
  if (status !== 0) {
    process.stderr.write(`check: ${name} failed\n`);
    process.exit(1);
  }
}
