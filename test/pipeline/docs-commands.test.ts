import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { parsedCall } from "./parsed-call.js";
import { wordsOfLine } from "./words-of-line.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const inFolder = (folder: string) =>
  readdirSync(join(PACKAGE_ROOT, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name));
const PAGES = [
  "README.md",
  "CONTRIBUTING.md",
  ...inFolder("docs"),
  ...["reference-cpu", "reference-gpu", "reference-staggered", "other-host"].map((name) =>
    join("data", name, "README.md"),
  ),
];

/** The arguments of a command line without comment, pipe and redirection. */
function argumentsIn(line: string): string[] {
  return wordsOfLine(line.split(/ +[#|>]/)[0] ?? "");
}

interface Typed {
  readonly page: string;
  readonly args: readonly string[];
}

/** What pages tell to type: in blocks and within sentences. */
const TYPED: readonly Typed[] = PAGES.flatMap((page) => {
  const text = readFileSync(join(PACKAGE_ROOT, page), "utf8");
  const calls = /(?:^ {4}|`)(?:npm run (?:--silent )?batchwise -- |npx batchwise )(?!<)([^`\n]+)/gm;
  return [...text.matchAll(calls)].map(([, line = ""]) => ({ page, args: argumentsIn(line) }));
});

test("every command that a page tells to type is one, with all that it needs", async () => {
  assert.ok(TYPED.length > 20, `${TYPED.length}`);
  for (const { page, args } of TYPED) {
    const problem = await parsedCall(args).then(
      () => undefined,
      (error: Error) => error.message,
    );
    assert.equal(problem, undefined, `${page}: ${args.join(" ")}`);
  }
});

test("no page begins a command with words that can't be typed in a checkout", () => {
  for (const page of PAGES) {
    const lines = readFileSync(join(PACKAGE_ROOT, page), "utf8").split("\n");
    assert.deepEqual(
      lines.filter((line) => /^ {4}(batchwise|plan|sweep|execute|fit) /.test(line)),
      [],
      page,
    );
  }
});

/** Those that take some seconds at most and need nothing but the checkout. */
const CHEAP = /^(plan \S+ data\/reference-|design |system check|monitor .*--samples|dataset check data\/other-host)/;

test("the commands of the pages that are cheap end well as they are typed", () => {
  const cheap = new Map(TYPED.map(({ args }) => [args.join(" "), args])).values();
  const run = [...cheap].filter((args) => CHEAP.test(args.join(" ")));
  assert.ok(run.length >= 8, `${run.length}`);
  for (const args of run) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
      encoding: "utf8",
      cwd: PACKAGE_ROOT,
    });
    assert.equal(status, 0, `${args.join(" ")}: ${stderr}`);
    assert.notEqual(stdout, "");
  }
});
