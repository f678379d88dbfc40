import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { designSchema } from "../../src/design/design.js";
import { shardJobs } from "../../src/submit/shard-jobs.js";
import { slurmScripts } from "../../src/submit/slurm-scripts.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-scripts-"));
after(() => rmSync(folder, { recursive: true }));
const requeued = join(folder, "requeued");
writeFileSync(join(folder, "scontrol"), `#!/bin/bash\nprintf '%s\\n' "$*" >>${requeued}\n`, { mode: 0o755 });
// In place of Batchwise: ends with $CODE, or with 130 when it is told to stop.
const standIn = join(folder, "stand-in");
writeFileSync(
  standIn,
  `#!${process.execPath}
const { CODE } = process.env;
if (CODE !== "wait") process.exit(Number(CODE));
process.once("SIGTERM", () => {
  console.log("stopped");
  process.exit(130);
});
setInterval(() => {}, 1e6);
console.log("begun", ...process.argv.slice(2));
`,
  { mode: 0o755 },
);

const out = join(folder, "out");
const design = designSchema.parse({
  ...{ name: "a", input_sizes_px: [32], mini_batch_sizes: [1], devices: [{ threads: 1 }] },
});
const asked = { shards: 4, parallelism: undefined, program: [standIn], exclusive: true };
const { shards, finish } = slurmScripts(shardJobs(design, { ...asked, designPath: "design.json", folder: out }));
const envOf = (code: string, restarts: number) => ({
  ...{ PATH: `${folder}:${process.env.PATH}`, CODE: code, SLURM_ARRAY_TASK_ID: "3", SLURM_JOB_ID: "17" },
  ...(restarts > 0 && { SLURM_RESTART_COUNT: String(restarts) }),
});

/** What scontrol was asked for since the last time. */
function takeRequeued(): string {
  const text = existsSync(requeued) ? readFileSync(requeued, "utf8") : "";
  rmSync(requeued, { force: true });
  return text;
}

for (const [code, restarts, again] of [
  ["0", 0, false],
  ["1", 0, true],
  ["130", 2, true],
  ["1", 3, false],
  ["2", 0, false],
] as const) {
  test(`a task that ends with ${code} after ${restarts} restarts is ${again ? "" : "not "}put back`, () => {
    const { status } = spawnSync("bash", { input: shards, env: envOf(code, restarts) });
    assert.equal(status, Number(code));
    assert.equal(takeRequeued(), again ? "requeue 17\n" : "");
  });
}

// bash reads it first: with it, whoever is told to stop has ended before the script goes on.
const untilEnded = join(folder, "until-ended");
writeFileSync(untilEnded, 'kill() { builtin kill "$@" && while builtin kill -0 "$!" 2>/dev/null; do :; done; }\n');

for (const [signal, again, sooner] of [
  ["SIGUSR1", true, false],
  ["SIGTERM", false, false],
  ["SIGUSR1", true, true],
  ["SIGTERM", false, true],
] as const) {
  const what = `a task that ${again ? "runs out of time" : "is cancelled"} stops cleanly and is ${again ? "" : "not "}put back`;
  test(`${what}${sooner ? ", however soon its sweep ends" : ""}`, async () => {
    const script = join(folder, "shards.sh");
    writeFileSync(script, shards);
    const log = join(out, "logs", "shard-3.log");
    rmSync(log, { force: true });
    mkdirSync(join(out, "logs"), { recursive: true });
    spawnSync("mkfifo", [log]);
    const env = { ...envOf("wait", 0), ...(sooner && { BASH_ENV: untilEnded }) };
    const task = spawn("bash", [script], { env, stdio: "ignore" });
    const ended = once(task, "exit");
    const lines: string[] = [];
    for await (const line of createInterface({ input: createReadStream(log) })) {
      lines.push(line);
      if (line.startsWith("begun")) task.kill(signal);
    }
    assert.deepEqual(lines, [
      `begun sweep --design design.json --out ${join(out, "shards")} --shard 3/4`,
      "stopped",
      ...(again ? ["ended with 130, begun again"] : []),
    ]);
    assert.deepEqual(await ended, [130, null]);
    assert.equal(takeRequeued(), again ? "requeue 17\n" : "");
  });
}

test("a step that fails is the last, and one that is done before is left out", () => {
  const failing = spawnSync("bash", { input: finish, env: envOf("1", 0) });
  assert.equal(failing.status, 1);
  mkdirSync(join(out, "whole"), { recursive: true });
  writeFileSync(join(out, "whole", "datapackage.json"), "{}");
  const traced = spawnSync("bash", ["-x"], { input: finish, encoding: "utf8", env: envOf("0", 0) });
  assert.equal(traced.status, 0);
  const trace = readFileSync(join(out, "logs", "finish.log"), "utf8");
  const steps = [...trace.matchAll(/^\+ \S+stand-in (.+)$/gm)].map(([, step]) => step);
  const whole = join(out, "whole");
  assert.deepEqual(steps, [`dataset check ${whole}`, `fit ${whole}`, `report ${whole}`]);
});
