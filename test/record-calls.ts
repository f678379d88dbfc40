// Loaded into every test file's process (`--import`): writes down which commands of Batchwise its tests call, and how
// each call ended, for the check that no command or option goes untested (tools/options-called.ts).
import child, { type ChildProcess, type SpawnSyncReturns } from "node:child_process";
import { appendFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { basename, join } from "node:path";
import { beforeEach } from "node:test";

/** One call of the command line. */
export interface RecordedCall {
  readonly args: readonly string[];
  readonly exitCode: number;
  /** The test file, relative to the folder of the tests, and the test's name; empty before the first test. */
  readonly file: string;
  readonly test: string;
}

const folder = process.env.BATCHWISE_CALLS;
const file = process.argv[1] ?? "";
if (folder !== undefined && file.endsWith(".test.js")) record(join(folder, `${process.pid}.jsonl`));

function record(journal: string): void {
  let test = "";
  beforeEach((context) => {
    test = context.name;
  });
  const { spawn, spawnSync } = child;
  const note = (args: readonly string[], own: string, exitCode: number | null) => {
    const call = {
      args,
      exitCode: exitCode ?? -1,
      file: file.split("/dist/test/").at(-1) ?? basename(file),
      test: own,
    };
    appendFileSync(journal, `${JSON.stringify(call satisfies RecordedCall)}\n`);
  };
  Object.assign(child, {
    spawnSync(program: string, args: readonly string[], ...options: unknown[]) {
      const ended: SpawnSyncReturns<string> = Reflect.apply(spawnSync, child, [program, args, ...options]);
      if (isBatchwise(args)) note(args.slice(1), test, ended.status);
      return ended;
    },
    spawn(program: string, args: readonly string[], ...options: unknown[]) {
      const running: ChildProcess = Reflect.apply(spawn, child, [program, args, ...options]);
      const own = test;
      if (isBatchwise(args)) running.once("exit", (exitCode) => note(args.slice(1), own, exitCode));
      return running;
    },
  });
  syncBuiltinESMExports();
}

function isBatchwise(args: unknown): args is readonly string[] {
  return Array.isArray(args) && String(args[0]).endsWith(join("dist", "pipeline", "batchwise.js"));
}
