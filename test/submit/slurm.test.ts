import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createReadStream, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { readDataPackage } from "../../src/dataset/data-package.js";
import { readPart } from "../../src/dataset/part-file.js";
import { trialsTable } from "../../src/dataset/tables.js";
import { plannedTrials } from "../../src/design/cells.js";
import { readDesign } from "../../src/design/design.js";
import { refusal } from "../pipeline/refusal.js";
import { type LocalSlurm, startSlurm, WITHOUT_SLURM } from "./local-slurm.js";
import { writeTinyDesign } from "./tiny-design.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-submit-"));
const design = writeTinyDesign(folder, 3);
let slurm: LocalSlurm | undefined;
before(async () => {
  if (!WITHOUT_SLURM) slurm = await startSlurm();
});
after(async () => {
  await slurm?.stop();
  rmSync(folder, { recursive: true });
});

function submit(out: string, more: readonly string[] = [], env = process.env): string {
  const args = ["submit", "slurm", "--design", design, "--shards", "4", "--out", out, ...more];
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8", env });
  assert.equal(status, 0, stderr);
  return stdout;
}

/** The folder of logs in which these are pipes, so that a test hears what a job prints, and when it ends. */
function withHeardLogs(out: string, ...names: string[]): string {
  const logs = join(out, "logs");
  mkdirSync(logs, { recursive: true });
  for (const name of names) assert.equal(spawnSync("mkfifo", [join(logs, name)]).status, 0);
  return logs;
}

async function heard(pipe: string, onLine: (line: string) => void = () => {}): Promise<string> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(pipe) })) {
    lines.push(line);
    onLine(line);
  }
  return lines.join("\n");
}

/** The process of a shard's sweep. What it is just starting is called like it for a moment. */
function sweepOf(shard: string, out: string): number {
  const parents = new Map<string, string>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const args = readFileSync(join("/proc", pid, "cmdline"), "utf8").split("\0");
      const isSweep = args[0] === process.execPath && args.includes(shard) && args.includes(join(out, "shards"));
      const [, parent = ""] = /^PPid:\s*(\d+)$/m.exec(readFileSync(join("/proc", pid, "status"), "utf8")) ?? [];
      if (isSweep) parents.set(pid, parent);
    } catch {
      // it has ended
    }
  }
  const found = [...parents.keys()].filter((pid) => !parents.has(parents.get(pid) ?? ""));
  assert.equal(found.length, 1, `sweeps of ${shard}: ${found.join()}`);
  return Number(found[0]);
}

test("an array of four, one task of it killed, is put back, goes on and is merged to the design, checked, fitted and shown", {
  skip: WITHOUT_SLURM,
  timeout: 120_000,
}, async () => {
  const out = join(folder, "it's %a $(touch injected) `touch injected`\nEND_OF_SHARDS\ntouch injected #");
  const logs = withHeardLogs(out, "shard-2.log", "finish.log");
  const script = submit(out);
  const submitted = spawnSync("bash", { input: script, encoding: "utf8", cwd: folder, env: slurm?.env });
  assert.equal(submitted.status, 0, submitted.stderr);

  let isKilled = false;
  const killed = await heard(join(logs, "shard-2.log"), (line) => {
    if (isKilled || !/^1\//.test(line)) return;
    isKilled = true;
    process.kill(sweepOf("2/4", out), "SIGKILL");
  });
  assert.ok(isKilled, killed);
  assert.match(killed, /^ended with 137, begun again$/m);
  const measured = readPart(join(out, "shards"), trialsTable, 2).map(({ trialId }) => trialId);
  assert.ok(measured.length > 0);
  assert.match(await heard(join(logs, "shard-2.log")), /^measured \d+ trials of shard 2\/4 in /m);
  const finish = await heard(join(logs, "finish.log"));
  assert.match(finish, /all 9 of the design among them$/m);
  assert.match(finish, /is sound$/m);
  assert.match(finish, /report\.html$/m);

  const rows = readPart(join(out, "whole"), trialsTable).map(({ trialId }) => trialId);
  const planned = plannedTrials(readDesign(design)).map(({ trialId }) => trialId);
  assert.deepEqual(rows.toSorted(), planned.toSorted());
  assert.ok(
    measured.every((trialId) => rows.includes(trialId)),
    "what the killed task had measured is there",
  );
  const { runs } = readDataPackage(join(out, "whole")).provenance;
  assert.deepEqual(runs.map(({ shard }) => shard).toSorted(), ["1/4", "2/4", "2/4", "3/4", "4/4"]);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name === "injected"),
    [],
  );
});

test("--run gives sbatch both scripts, the second after the first", () => {
  const programs = join(folder, "fake");
  mkdirSync(programs);
  const given = join(folder, "given");
  const sbatch = `#!/bin/bash\nprintf '%s\\n' "$*" >>${given}\ncat >>${given}\necho '12;elsewhere'\n`;
  writeFileSync(join(programs, "sbatch"), sbatch, { mode: 0o755 });
  const out = join(folder, "run");
  const env = { ...process.env, PATH: `${programs}:${process.env.PATH}` };
  const { text, submitted } = JSON.parse(submit(out, ["--run", "--json"], env));
  assert.match(submitted[0], /^submitted 4 shards as job 12;elsewhere, and as job /);
  const [, shards = "", finish = ""] =
    /<<'END_OF_SHARDS'.*?\n(.*)END_OF_SHARDS\n.*<<'END_OF_FINISH'\n(.*)END_OF_FINISH\n/s.exec(text) ?? [];
  assert.notEqual(finish, "");
  const after = "--parsable --dependency=afterok:12 --kill-on-invalid-dep=yes";
  assert.equal(readFileSync(given, "utf8"), `--parsable\n${shards}${after}\n${finish}`);
});

test("a failing sbatch is said with its last words, a missing one with what is required", () => {
  const programs = join(folder, "failing");
  mkdirSync(programs);
  const sbatch = "#!/bin/bash\necho 'sbatch: error: Invalid account' >&2\nexit 1\n";
  writeFileSync(join(programs, "sbatch"), sbatch, { mode: 0o755 });
  const run = (path: string) =>
    spawnSync(
      process.execPath,
      [CLI, "submit", "slurm", "--design", design, "--shards", "4", "--run", "--out", join(folder, "failing")],
      { encoding: "utf8", env: { ...process.env, PATH: path } },
    );
  const failed = run(`${programs}:${process.env.PATH}`);
  assert.deepEqual(
    [failed.status, failed.stderr],
    [1, "batchwise: sbatch: exit code 1: sbatch: error: Invalid account\n"],
  );
  const none = run(join(folder, "nothing"));
  assert.deepEqual([none.status, none.stderr], [2, "batchwise: sbatch: not found, required is it on the path\n"]);
});

/** What a printed script asks Slurm for. */
function askedOf(text: string): string[] {
  const [array = ""] = text.split("END_OF_SHARDS\n)");
  return [...array.matchAll(/^#SBATCH (.+)$/gm)].map(([, option = ""]) => option);
}

test("a task asks for what its design takes, and for a machine of its own unless it may share one", () => {
  const asked = askedOf(submit(join(folder, "asked")));
  for (const option of ["--array=1-4", "--cpus-per-task=1", "--mem=1524M", "--exclusive"]) {
    assert.ok(asked.includes(option), option);
  }
  assert.ok(!asked.some((option) => option.startsWith("--gres")));
  const shared = askedOf(
    submit(join(folder, "asked"), ["--no-exclusive", "--parallelism", "2", "--time-limit", "1 h 30 min"]),
  );
  assert.ok(shared.includes("--array=1-4%2") && shared.includes("--time=90") && !shared.includes("--exclusive"));
  const gpus = join(folder, "gpus.json");
  const { memory_limit_mib: _, ...rest } = JSON.parse(readFileSync(design, "utf8"));
  writeFileSync(gpus, JSON.stringify({ ...rest, devices: [{ provider: "cuda", threads: 4, concurrent: 2 }] }));
  const onGpus = askedOf(submit(join(folder, "asked"), ["--design", gpus]));
  for (const option of ["--cpus-per-task=8", "--gres=gpu:1", "--mem=0"]) assert.ok(onGpus.includes(option), option);
  const sharedGpus = askedOf(submit(join(folder, "asked"), ["--design", gpus, "--no-exclusive"]));
  assert.ok(!sharedGpus.some((option) => option.startsWith("--mem=")), "the machine's memory is not all its own");
});

test("a design that leaves its threads to each machine is refused, and too many shards", async () => {
  const own = join(folder, "own-threads.json");
  const file = JSON.parse(readFileSync(design, "utf8"));
  for (const devices of [undefined, [{}], [{ threads: 1 }, { provider: "cuda" }]]) {
    writeFileSync(own, JSON.stringify({ ...file, devices }));
    const said = await refusal(["submit", "slurm", "--design", own, "--shards", "2"]);
    assert.match(said, /^design .*own-threads\.json: threads is not given, each machine would take its own number/);
  }
  const many = ["submit", "slurm", "--design", design, "--shards", "100001"];
  assert.equal(await refusal(many), "shards 100001: allowed are 100000 at most");
});
