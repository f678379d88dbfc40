import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PACKAGE_ROOT } from "../src/core/package-root.js";
import { median, sorted } from "../src/core/statistics.js";
import { UserError } from "../src/core/user-error.js";
import { SINGLE_THREADED } from "../src/hardware/sampling/monitor.js";

/** What one sample costs when samples follow each other without a pause. */
export interface SampleCost {
  /** Numbers in one sample. */
  readonly features: number;
  /** Microseconds of CPU time, the median of the rounds. */
  readonly sampleUs: number;
}

const LOOP = fileURLToPath(new URL("./sample-loop.js", import.meta.url));
const PEER = join(PACKAGE_ROOT, "bench", "peer.py");
const WARM_UP = 500;
const SAMPLES = 2000;
const ROUNDS = 5;
/** Debian's Python has the packages of Debian; another one that comes first in PATH may not. */
const PYTHONS = ["/usr/bin/python3", "python3"];

/**
 * Times a sample of the monitor, and of a peer where there is one, in turns.
 *
 * @throws UserError if the peer's file can't be run
 */
export function measureSampleCosts(peerFile: string | undefined): { own: SampleCost; peer: SampleCost | undefined } {
  const python = peerFile === undefined ? undefined : findPython();
  const own: SampleCost[] = [];
  const peer: SampleCost[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    own.push(costOf(process.execPath, [...SINGLE_THREADED, LOOP, String(WARM_UP), String(SAMPLES)], "sample loop"));
    if (peerFile === undefined || python === undefined) continue;
    peer.push(costOf(python, [PEER, peerFile, "50", "500"], `peer ${peerFile}`));
  }
  return { own: medianOf(own), peer: peer.length === 0 ? undefined : medianOf(peer) };
}

function costOf(command: string, args: readonly string[], what: string): SampleCost {
  const { stdout, stderr, status } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new UserError(`${what}: ${stderr.trim().split("\n").at(-1) ?? `exit code ${status}`}`);
  const { features, sample_us } = JSON.parse(stdout) as { features: number; sample_us: number };
  return { features, sampleUs: sample_us };
}

function medianOf(costs: readonly SampleCost[]): SampleCost {
  return {
    features: median(sorted(costs.map(({ features }) => features))),
    sampleUs: median(sorted(costs.map(({ sampleUs }) => sampleUs))),
  };
}

function findPython(): string {
  const found = PYTHONS.find((python) => spawnSync(python, ["-c", "import psutil"]).status === 0);
  if (found === undefined)
    throw new UserError("python3 with psutil: not found, on Debian: apt-get install python3-psutil");
  return found;
}
