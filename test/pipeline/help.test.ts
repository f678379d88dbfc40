import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import type { Command } from "commander";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { allCommands, parsedCall } from "./parsed-call.js";
import { wordsOfLine } from "./words-of-line.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return text;
}

test("every help ends with two examples that the command line reads and a page that is there", async () => {
  for (const command of await allCommands()) {
    const [, examples = "", page = ""] = /\nExamples:\n((?: {2}.+\n)+)\nMore: (.+)\n$/.exec(helpOf(command)) ?? [];
    const lines = examples.trim().split(/\n */);
    assert.equal(lines.length, 2, command.name());
    assert.notEqual(lines[0], lines[1]);
    assert.ok(existsSync(resolve(page)), `${command.name()}: ${page}`);
    for (const line of lines) {
      assert.match(line, /^npm run batchwise -- /, "as it is started in a checkout");
      const called = await parsedCall(wordsOfLine(line).slice(4));
      assert.ok(called.command.split(" ").includes(command.name()), line);
    }
  }
});

test("the options of every help stand in groups, those that a command can't do without first", async () => {
  for (const command of await allCommands()) {
    const groups = command.options.map(({ helpGroupHeading = "" }) => helpGroupHeading);
    assert.ok(!groups.includes(""), `${command.name()}: an option is in no group`);
    const mandatory = command.options.filter(({ mandatory: is }) => is).length;
    assert.deepEqual(groups.slice(0, mandatory), new Array(mandatory).fill("Required:"), command.name());
    if (command.options.length > 0) assert.equal(groups.at(-1), "Output:", command.name());
    const help = helpOf(command);
    assert.match(help, /\nOutput:\n(?: {2,}.*\n)* {2}-h, --help /, "the help's own option is among them");
    assert.ok(!help.includes("\nOptions:\n"), help);
  }
});

for (const [planClass, required] of [
  ["soft", ["--images", "--deadline"]],
  ["hard", ["--images", "--deadline"]],
  ["relaxed", ["--budget"]],
  ["best-effort", ["--images"]],
] as const) {
  test(`plan ${planClass} --help shows first what it can't do without, and says how it exits without a plan`, () => {
    const { status, stdout } = spawnSync(process.execPath, [CLI, "plan", planClass, "--help"], { encoding: "utf8" });
    assert.equal(status, 0);
    const [, first = ""] = /\nRequired:\n((?: {2}.+\n)+)/.exec(stdout) ?? [];
    assert.deepEqual(
      [...first.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) => option),
      required,
    );
    assert.ok(stdout.indexOf("Required:") < stdout.indexOf("Devices:"));
    assert.match(stdout.replaceAll(/\s+/g, " "), /exits with 3 where there is no plan/);
  });
}

test("the help of the whole has examples, too", () => {
  const { status, stdout } = spawnSync(process.execPath, [CLI, "--help"], { encoding: "utf8", cwd: PACKAGE_ROOT });
  assert.equal(status, 0);
  assert.match(stdout, /\nExamples:\n {2}npm run batchwise -- plan soft .*\n {2}npm run .*\n\nMore: README\.md\n$/);
});
