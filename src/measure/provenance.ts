import { execFileSync } from "node:child_process";
import { PACKAGE_ROOT, readPackageVersions } from "../core/package-root.js";
import { runtimeDescription } from "./runtime.js";

/** Versions of everything that can change a measurement. */
export function readVersions(): Record<string, string> {
  const { batchwise } = readPackageVersions();
  return {
    batchwise,
    node: process.versions.node,
    v8: process.versions.v8,
    onnxruntime: runtimeDescription().version,
  };
}

/**
 * The commit that this project is at, with `-dirty` where tracked files differ from it; undefined outside git, and
 * where the repository is somebody else's, in which this project is installed.
 */
export function readGitCommit(root = PACKAGE_ROOT): string | undefined {
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", root, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  try {
    if (git("rev-parse", "--show-prefix") !== "") return undefined;
    const commit = git("rev-parse", "HEAD");
    return git("status", "--porcelain", "--untracked-files=no") === "" ? commit : `${commit}-dirty`;
  } catch {
    return undefined;
  }
}
