import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "scontrol"];
/** Debian puts daemons where only root looks. */
const PATH = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`;
const missing = PROGRAMS.filter((name) => spawnSync("which", [name], { env: { ...process.env, PATH } }).status !== 0);

/** For a test's `skip`. */
export const WITHOUT_SLURM =
  missing.length > 0 && `${missing.join(", ")} not installed (Debian packages slurmctld, slurmd, slurm-client, munge)`;

/** A Slurm of one machine, this one, that listens on the loopback interface alone where the machine's name is on it. */
export interface LocalSlurm {
  /** With which Slurm's commands, and those that start them, find it. */
  readonly env: NodeJS.ProcessEnv;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** Starts a Slurm in a folder of its own, with a key of its own, and waits until it takes jobs. */
export async function startSlurm(): Promise<LocalSlurm> {
  // The socket's folder must be open to all, says munged.
  const folder = mkdtempSync(join(tmpdir(), "batchwise-slurm-"));
  for (const name of ["state", "spool"]) mkdirSync(join(folder, name));
  const socket = join(folder, "munge.socket");
  const key = join(folder, "munge.key");
  writeFileSync(key, randomBytes(256), { mode: 0o400 });
  const conf = join(folder, "slurm.conf");
  const { address } = await lookup(hostname(), 4).catch(() => ({ address: "" }));
  writeFileSync(conf, configuration(folder, socket, await freePorts(2), address.startsWith("127.")));
  const env = { ...process.env, PATH, SLURM_CONF: conf };
  const own = (name: string) => join(folder, name);
  const daemons: ChildProcess[] = [];
  const stop = async () => {
    for (const daemon of daemons.toReversed()) {
      if (daemon.exitCode === null && daemon.signalCode === null) {
        daemon.kill("SIGTERM");
        await once(daemon, "exit");
      }
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const start = async (program: string, args: readonly string[], isReady: RegExp) => {
    const daemon = spawn(program, args, { env, stdio: ["ignore", "ignore", "pipe"] });
    daemons.push(daemon);
    const told: string[] = [];
    for await (const line of createInterface({ input: daemon.stderr })) {
      told.push(line);
      if (isReady.test(line)) {
        daemon.stderr.resume();
        return;
      }
    }
    await stop();
    throw new Error(`${program} did not start:\n${told.join("\n")}`);
  };
  await start(
    "munged",
    [
      ...["--foreground", "--force", `--key-file=${key}`, `--socket=${socket}`, `--seed-file=${own("munge.seed")}`],
      ...[`--pid-file=${own("munged.pid")}`, `--log-file=${own("munged.log")}`, "--num-threads=2"],
    ],
    /Created \d+ work thread/,
  );
  await start("slurmctld", ["-D", "-c"], /Running as primary controller/);
  await start("slurmd", ["-D", "-N", "here"], /slurmd started on/);
  return { env, stop };
}

function configuration(
  folder: string,
  socket: string,
  [controller = 0, node = 0]: readonly number[],
  isLoopback: boolean,
): string {
  const { username } = userInfo();
  const settings = {
    ClusterName: "batchwise",
    SlurmctldHost: `${hostname()}(127.0.0.1)`,
    SlurmctldPort: controller,
    SlurmUser: username,
    SlurmdUser: username,
    AuthType: "auth/munge",
    CredType: "cred/munge",
    // What is put back into the queue begins when its credentials are over.
    AuthInfo: `socket=${socket},cred_expire=5`,
    // Without "any address" daemons listen where the machine's name points to, which need not be its loopback.
    ...(isLoopback && { CommunicationParameters: "NoInAddrAny" }),
    StateSaveLocation: join(folder, "state"),
    SlurmdSpoolDir: join(folder, "spool"),
    SlurmctldPidFile: join(folder, "slurmctld.pid"),
    SlurmdPidFile: join(folder, "slurmd.pid"),
    ProctrackType: "proctrack/linuxproc",
    TaskPlugin: "task/none",
    MpiDefault: "none",
    SelectType: "select/cons_tres",
    SelectTypeParameters: "CR_Core_Memory",
    SchedulerParameters: "batch_sched_delay=0,sched_interval=1,sched_min_interval=0",
    SlurmdParameters: "config_overrides",
    AccountingStorageType: "accounting_storage/none",
    JobAcctGatherType: "jobacct_gather/none",
    KillWait: 5,
    ReturnToService: 2,
  };
  return [
    ...Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    `NodeName=here NodeHostname=${hostname()} NodeAddr=127.0.0.1 Port=${node} CPUs=4 RealMemory=4000`,
    "PartitionName=all Nodes=here Default=YES MaxTime=INFINITE State=UP",
    "",
  ].join("\n");
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
