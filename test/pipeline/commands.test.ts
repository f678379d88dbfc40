import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Command } from "commander";
import { COMMANDS } from "../../pipeline/commands.js";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const text = (...path: string[]) => readFileSync(join(PACKAGE_ROOT, ...path), "utf8");
const readme = text("README.md");

function batchwise(...args: string[]) {
  return spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8" });
}

function leavesOf(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
}

test("README's table has every command and its subcommands, and the help lists them", async () => {
  const rows = [...readme.matchAll(/^\| `([a-z]+)((?: [a-z][a-z-]*(?:\\\|[a-z-]+)*)?)[^|]*(?:\\\|[^|]*)*` \|/gm)];
  const named = rows.flatMap(([, name, below = ""]) => {
    const subcommands = below.trim().split("\\|");
    return subcommands[0] === "" ? [`${name}`] : subcommands.map((subcommand) => `${name} ${subcommand}`);
  });
  const commands = (await Promise.all(Object.values(COMMANDS).map((load) => load()))).flatMap(leavesOf);
  const registered = commands.map((command) => [command.parent?.name(), command.name()].filter(Boolean).join(" "));
  assert.deepEqual(named.sort(), registered.sort());
  const { status, stdout } = batchwise("--help");
  assert.equal(status, 0);
  for (const name of Object.keys(COMMANDS)) assert.match(stdout, new RegExp(`^ {2}${name}\\b`, "m"));
});

/** Options of npm, of the scripts in bench/ and of schedulers, where the text speaks of them. */
const OF_OTHERS = [
  ...["--silent", "--seconds", "--peer", "--folder", "--changed", "--array"],
  ...["--exclusive", "--tag", "--file", "--nv", "--bind"],
];

test("every option that README and the docs name is one", async () => {
  const commands = (await Promise.all(Object.values(COMMANDS).map((load) => load()))).flatMap(leavesOf);
  const known = new Set(commands.flatMap(({ options }) => options.map(({ long }) => long)));
  known.add("--help");
  const docs = readdirSync(join(PACKAGE_ROOT, "docs")).filter((name) => name.endsWith(".md"));
  for (const page of [readme, ...docs.map((name) => text("docs", name))]) {
    // Of other programs: npm's scripts and their options, in the text and in the table of measurements.
    const own = page.replaceAll(
      /npm (run (bench|notebooks|lab|mutants)|rebuild|install|start|test).*|^\|.*`-- .*/gm,
      "",
    );
    for (const [option] of own.matchAll(/(?<![-\w|])--[a-z][a-z-]+/g)) {
      assert.ok(known.has(option) || OF_OTHERS.includes(option), option);
    }
  }
});

test("--version is the package's, and an unknown command ends with 2", () => {
  assert.equal(batchwise("--version").stdout.trim(), JSON.parse(text("package.json")).version);
  const { status, stdout, stderr } = batchwise("misure");
  assert.deepEqual([status, stdout], [2, ""]);
  assert.match(stderr, /^batchwise: unknown command 'misure'/);
});

test("a mistake whose message can't be written exits with 2 all the same", () => {
  const full = openSync("/dev/full", "w");
  const { status } = spawnSync(process.execPath, [CLI, "plan", "soft", "--images", "x"], {
    stdio: ["ignore", "ignore", full],
  });
  closeSync(full);
  assert.equal(status, 2);
});
