import { UserError } from "../core/user-error.js";
import { type Provenance, readDataPackage } from "../dataset/data-package.js";
import { readTrials } from "../dataset/read-trials.js";
import { type Run, runsOf } from "../dataset/runs.js";
import type { TrialRow } from "../dataset/tables.js";
import { deviceName, type RecordedDesign, type RecordedDevice } from "../design/design.js";

/** Which trials are one side of a comparison. */
export interface SideChoice {
  /** The dataset's folder. */
  readonly folder: string;
  /** The name of a device configuration, as in `cpu-2t`. Default: the only one that both sides have. */
  readonly device?: string | undefined;
  /** One run of the sweep by its number or id, or the runs of a host by its hash. Default: all. */
  readonly session?: string | undefined;
}

/** The trials of one side, and what is recorded of how they were measured. */
export interface ComparedSide {
  readonly folder: string;
  readonly device: RecordedDevice;
  /** Those of the device and the session, however they ended. */
  readonly trials: readonly TrialRow[];
  /** The runs that measured them. */
  readonly runs: readonly Run[];
  readonly model: Provenance["model"];
  readonly design: RecordedDesign;
}

/**
 * Reads both sides.
 *
 * @throws UserError if there is no such dataset, device or session, if no device or several are in common, if both
 *   sides are the same trials, or if none of a side's trials ended well
 */
export function readSides(a: SideChoice, b: SideChoice): readonly [ComparedSide, ComparedSide] {
  const [packageA, packageB] = [readDataPackage(a.folder), readDataPackage(b.folder)];
  const [deviceA, deviceB] = devicePair(
    devicesOf(a, packageA.provenance.design),
    devicesOf(b, packageB.provenance.design),
    a.device !== undefined || b.device !== undefined,
  );
  const sides = [sideOf(a, packageA, deviceA), sideOf(b, packageB, deviceB)] as const;
  const idsOf = ({ trials }: ComparedSide) => JSON.stringify(trials.map(({ runId, trialId }) => [runId, trialId]));
  if (idsOf(sides[0]) === idsOf(sides[1])) {
    throw new UserError("compare: A and B are the same trials, name another device or session for one of them");
  }
  return sides;
}

function devicesOf({ folder, device }: SideChoice, { devices }: RecordedDesign): readonly RecordedDevice[] {
  if (device === undefined) return devices;
  const found = devices.filter((candidate) => deviceName(candidate) === device);
  if (found.length > 0) return found;
  throw new UserError(
    `compare of ${folder}: it has no device ${device}, allowed are ${devices.map(deviceName).join(", ")}`,
  );
}

/** One of each side: those that were named, else the only name that both have. */
function devicePair(
  a: readonly RecordedDevice[],
  b: readonly RecordedDevice[],
  isNamed: boolean,
): readonly [RecordedDevice, RecordedDevice] {
  const [onlyA, onlyB] = [a[0], b[0]];
  if (isNamed && a.length === 1 && b.length === 1 && onlyA && onlyB) return [onlyA, onlyB];
  const pairs = a.flatMap((one) =>
    b.filter((other) => deviceName(other) === deviceName(one)).map((other) => [one, other] as const),
  );
  const [pair, another] = pairs;
  const names = (devices: readonly RecordedDevice[]) => devices.map(deviceName).join(", ");
  if (pair === undefined) {
    throw new UserError(
      `compare: A has ${names(a)} and B ${names(b)}, no device in common; name them with --device-a and --device-b`,
    );
  }
  if (another !== undefined) {
    throw new UserError(`compare: A and B both have ${names(pairs.map(([one]) => one))}; name one with --device`);
  }
  return pair;
}

function sideOf(
  { folder, session }: SideChoice,
  { provenance }: ReturnType<typeof readDataPackage>,
  device: RecordedDevice,
): ComparedSide {
  const ofDevice = readTrials(folder).filter((trial) => deviceName(trial) === deviceName(device));
  const runs = runsOf(provenance);
  const trials = session === undefined ? ofDevice : trialsIn(folder, ofDevice, runs, session);
  if (!trials.some(({ status }) => status === "ok")) {
    throw new UserError(`compare of ${folder}: no trial of ${deviceName(device)} ended well`);
  }
  const measuring = new Set(trials.map(({ runId }) => runId));
  return {
    folder,
    device,
    trials,
    runs: runs.filter(({ runId }) => measuring.has(runId)),
    model: provenance.model,
    design: provenance.design,
  };
}

function trialsIn(folder: string, trials: readonly TrialRow[], runs: readonly Run[], session: string): TrialRow[] {
  const numbered = runs.find((_, index) => String(index + 1) === session)?.runId;
  const found = trials.filter(({ runId, host }) => runId === (numbered ?? session) || host === session);
  if (found.length > 0) return found;
  const hosts = [...new Set(trials.map(({ host }) => host))];
  throw new UserError(
    `compare of ${folder}: no trial of session ${session}, allowed are 1 to ${runs.length}, a run's id, or a host: ${hosts.join(", ")}`,
  );
}
