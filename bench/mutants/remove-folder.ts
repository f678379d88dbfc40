import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { sep } from "node:path";

const MOUNTS = "/proc/self/mounts";

/** Removes a folder with all below it, file systems that a test mounted there and was ended before it took them off. */
export function removeFolder(folder: string): void {
  const mounts = existsSync(MOUNTS) ? readFileSync(MOUNTS, "utf8").split("\n") : [];
  for (const mount of mounts.reverse()) {
    const [, path = ""] = mount.split(" ");
    if (path.startsWith(folder + sep)) spawnSync("umount", ["--lazy", path]);
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
