import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { readText } from "../reading/list-folder.js";
import type { Place } from "../reading/source.js";

/** Where a controller keeps its files for one process, and in which of the two layouts. */
export interface CgroupFolder {
  readonly version: 1 | 2;
  readonly folder: string;
  /** The folder and those above it, up to the mount: a limit holds for everything below it. */
  readonly lineage: readonly string[];
}

/**
 * The folder of a process's control group for a controller. In the old layout each controller has its own tree; in
 * the new one they share one. Inside a container the group's path is often not visible: its mount's root stands in.
 */
export function cgroupFolder(
  place: Place,
  controller: "memory" | "cpu" | "cpuacct" | "pids",
): CgroupFolder | undefined {
  const lines = (readText(join(place.procRoot, String(place.pid), "cgroup")) ?? "").split("\n");
  const groups = lines.map((line) => /^\d+:([^:]*):(.*)$/.exec(line));
  const root = join(place.sysRoot, "fs/cgroup");
  for (const group of groups) {
    const names = group?.[1]?.split(",") ?? [];
    if (!names.includes(controller)) continue;
    const mount = [names.join(","), controller].map((name) => join(root, name)).find((path) => existsSync(path));
    if (mount !== undefined) return { version: 1, ...visible(mount, group?.[2] ?? "/") };
  }
  const unified = groups.find((group) => group?.[1] === "");
  if (unified === undefined) return undefined;
  const mount = [root, join(root, "unified")].find((path) => existsSync(join(path, "cgroup.controllers")));
  return mount === undefined ? undefined : { version: 2, ...visible(mount, unified?.[2] ?? "/") };
}

function visible(mount: string, path: string): Omit<CgroupFolder, "version"> {
  const wanted = join(mount, path);
  const folder = path.includes("..") || !existsSync(wanted) ? mount : wanted;
  const lineage = [folder];
  for (let above = folder; above !== mount && above.startsWith(mount); ) {
    above = dirname(above);
    lineage.push(above);
  }
  return { folder, lineage };
}
