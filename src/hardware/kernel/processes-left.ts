import { join } from "node:path";
import { listFolder, readText } from "../reading/list-folder.js";
import { LIVE_ROOTS, type Place } from "../reading/source.js";
import { cgroupFolder } from "./cgroup-folders.js";

/**
 * How many more processes and threads this one may start: by the limit of its user (`ulimit -u`), which root does not
 * have, and by those on its control group's path (`pids.max`).
 */
export function processesLeft(place: Place = { ...LIVE_ROOTS, pid: process.pid }): number {
  return Math.max(0, Math.min(leftOfUser(place), leftOfGroups(place)));
}

function leftOfUser({ procRoot, pid }: Place): number {
  const of = (file: string) => readText(join(procRoot, file)) ?? "";
  const [, limit] = /^Max processes\s+(\d+)/m.exec(of(`${pid}/limits`)) ?? [];
  const user = userOf(of(`${pid}/status`));
  if (limit === undefined || user === "0") return Number.POSITIVE_INFINITY;
  const statuses = listFolder(procRoot, /^\d+$/).map((name) => of(`${name}/status`));
  const threads = statuses.map((status) =>
    userOf(status) === user ? Number(/^Threads:\s+(\d+)/m.exec(status)?.[1] ?? 0) : 0,
  );
  return Number(limit) - threads.reduce((sum, count) => sum + count, 0);
}

/** The real user, whose processes the limit counts. */
function userOf(status: string): string | undefined {
  return /^Uid:\s+(\d+)/m.exec(status)?.[1];
}

function leftOfGroups(place: Place): number {
  const folders = cgroupFolder(place, "pids")?.lineage ?? [];
  const left = folders.map((folder) => {
    const [limit, used] = ["pids.max", "pids.current"].map((file) =>
      Number(readText(join(folder, file)) ?? Number.NaN),
    );
    return (limit ?? Number.NaN) - (used ?? 0);
  });
  return Math.min(...left.filter((count) => !Number.isNaN(count)), Number.POSITIVE_INFINITY);
}
