import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { monotonicMs } from "../../src/core/clock.js";
import { type SeededRandom, seededRandom } from "../../src/core/seeded-random.js";
import { readPart } from "../../src/dataset/part-file.js";
import { executionsTable, trialsTable } from "../../src/dataset/tables.js";
import { type BaseInputs, CLI, tinyDesign, writeBaseInputs } from "./base-inputs.js";
import { hasTrace } from "./outcome.js";

/** What is killed, in turn: a command, or a process that a sweep has started. */
export const VICTIMS = ["sweep", "trial", "sampler", "execute", "export", "figures"] as const;
export type Victim = (typeof VICTIMS)[number];

/** What processes of a sweep are called. */
const CHILDREN: Partial<Readonly<Record<Victim, string>>> = { trial: "trial-process", sampler: "sampler-process" };
/** Orphans end with their parent, on a busy machine not at once. */
const ORPHANS_GONE_MS = 20_000;
const LOOK_EVERY_MS = 20;
/** Within this time the first one of each kind is killed. */
const FIRST_MS = 1500;
/** Names the processes of one kill, whoever their parent is. */
const MARK = "BATCHWISE_FIELD_KILL";

export interface KillOptions {
  readonly seed: number;
  readonly count: number;
  onKill?(done: number): void;
}

export interface KillResult {
  readonly victim: Victim;
  /** How long it had run; whether it had ended before. */
  readonly afterMs: number;
  readonly killed: boolean;
  readonly wrong: readonly string[];
}

/** Kills commands with SIGKILL at random moments, runs them again, and looks what is lost, double or left behind. */
export async function kills({ seed, count, onKill }: KillOptions): Promise<KillResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "batchwise-kills-"));
  try {
    const base = await writeBaseInputs(join(folder, "base"));
    writeFileSync(join(folder, "base", "short.json"), JSON.stringify(tinyDesign(1, { pulse: false })));
    const random = seededRandom(seed, "kills");
    const results: KillResult[] = [];
    const lasts = new Map<Victim, number>();
    for (let number = 0; number < count; number++) {
      const victim = VICTIMS[number % VICTIMS.length] ?? "sweep";
      const place = join(folder, "kill");
      mkdirSync(join(place, "temporary"), { recursive: true });
      const { lastMs, ...result } = await killOnce(
        { base, place, victim, mark: `${process.pid}-${seed}-${number}` },
        lasts.get(victim),
        random,
      );
      if (lastMs !== undefined) lasts.set(victim, lastMs);
      results.push(result);
      rmSync(place, { recursive: true, force: true });
      onKill?.(number + 1);
    }
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Scene {
  readonly base: BaseInputs;
  readonly place: string;
  readonly victim: Victim;
  readonly mark: string;
}

function commandOf({ base, place, victim }: Scene): string[] {
  const out = join(place, "out");
  if (victim === "execute") return ["execute", base.plan, "--out", out];
  if (victim === "export") return ["dataset", "export", base.dataset, "--out", out];
  if (victim === "figures") return ["figures", base.dataset, "--only", "inference-time,memory", "--out", out];
  return ["sweep", "--design", join(base.design, "..", "short.json"), "--out", out];
}

/** @param lastMs how long such a command took when it was not killed, where one was so */
async function killOnce(scene: Scene, lastMs: number | undefined, random: SeededRandom) {
  const { place, victim, mark } = scene;
  const args = commandOf(scene);
  const env = { ...process.env, TMPDIR: join(place, "temporary"), [MARK]: mark };
  const startedMs = monotonicMs();
  const child = spawn(process.execPath, [CLI, ...args], { env, stdio: ["ignore", "ignore", "pipe"] });
  const said = outputOf(child);
  const afterMs = Math.round((lastMs ?? FIRST_MS) * random.uniform());
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const killed = await killWhen(child, CHILDREN[victim], startedMs + afterMs, random);
  const status = await ended;
  const before = rowsIn(place);
  const wrong = hasTrace(said()) ? [`a trace: ${said()}`] : [];
  if (CHILDREN[victim] !== undefined && status !== 0) wrong.push(`the sweep ended with ${status}: ${said()}`);
  if (!(await areGone(mark))) wrong.push("an orphan");
  const againMs = monotonicMs();
  const again = spawnSync(process.execPath, [CLI, ...args], { env, encoding: "utf8" });
  const tookMs = monotonicMs() - againMs;
  if (again.status !== 0) wrong.push(`run again it ended with ${again.status}: ${again.stderr}`);
  if (hasTrace(again.stderr)) wrong.push(`run again, a trace: ${again.stderr}`);
  wrong.push(...lostOrDouble(scene, before));
  const left = readdirSync(env.TMPDIR);
  if (left.length > 0) wrong.push(`left behind: ${left.join(", ")}`);
  const lasted = before.length === 0 ? { lastMs: tookMs } : {};
  return { victim, afterMs, killed, wrong, ...lasted };
}

function outputOf(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

/** Kills the process at a time, or one of those that it has started, from then on; false where it ended before. */
async function killWhen(child: ChildProcess, name: string | undefined, atMs: number, random: SeededRandom) {
  while (child.exitCode === null) {
    if (monotonicMs() >= atMs) {
      if (name === undefined) return child.kill("SIGKILL");
      const found = descendantsOf(child.pid ?? 0).filter((pid) => commandLineOf(pid).includes(name));
      const pid = found[random.integer(0, Math.max(0, found.length - 1))];
      if (pid !== undefined) return killed(pid);
    }
    await delay(LOOK_EVERY_MS);
  }
  return false;
}

function killed(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false; // it has just ended
  }
}

function processes(): number[] {
  return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

function fileOf(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "latin1");
  } catch {
    return "";
  }
}

function commandLineOf(pid: number): string {
  return fileOf(pid, "cmdline");
}

function descendantsOf(root: number): number[] {
  const parents = processes().map((pid) => ({ pid, stat: fileOf(pid, "stat") }));
  const found = [root];
  for (const parent of found) {
    for (const { pid, stat } of parents) {
      if (Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === parent) found.push(pid);
    }
  }
  return found.slice(1);
}

/** Whether no process of a kill runs any more, soon enough. */
async function areGone(mark: string): Promise<boolean> {
  const untilMs = monotonicMs() + ORPHANS_GONE_MS;
  while (processes().some((pid) => fileOf(pid, "environ").includes(`${MARK}=${mark}\0`))) {
    if (monotonicMs() > untilMs) return false;
    await delay(LOOK_EVERY_MS);
  }
  return true;
}

/** The rows of trials or executions, each as text. */
function rowsIn(place: string): string[] {
  const out = join(place, "out");
  const of = (name: string, read: () => readonly object[]) =>
    existsSync(join(out, name, "part-0.csv")) ? read().map((row) => JSON.stringify(row)) : [];
  try {
    return [
      ...of("trials", () => readPart(out, trialsTable)),
      ...of("executions", () => readPart(out, executionsTable)),
    ];
  } catch {
    return []; // the last line is torn, which the next run cuts off
  }
}

function lostOrDouble({ place, victim }: Scene, before: readonly string[]): string[] {
  const out = join(place, "out");
  if (victim === "export") return readdirSync(out).length < 7 ? [`lost: only ${readdirSync(out).join(", ")}`] : [];
  if (victim === "figures") return readdirSync(out).length < 10 ? [`lost: only ${readdirSync(out).join(", ")}`] : [];
  const after = rowsIn(place);
  const lost = before.filter((row) => !after.includes(row)).length;
  if (lost > 0) return [`lost ${lost} of ${before.length} rows`];
  if (victim === "execute") {
    const executed = after.length - before.length;
    return executed === 1 ? [] : [`${executed} executions of one`];
  }
  const cells = readPart(out, trialsTable).map(({ inputSizePx, miniBatchSize }) => `${inputSizePx} ${miniBatchSize}`);
  const cellsOnce = new Set(cells).size;
  return [
    ...(cellsOnce === 4 ? [] : [`${cellsOnce} of 4 cells`]),
    ...(cells.length === cellsOnce ? [] : [`${cells.length} trials of ${cellsOnce} cells`]),
  ];
}
