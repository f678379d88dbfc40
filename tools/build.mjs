// The build. Each one stays in a folder named after the digest of its sources, from where `run.mjs` runs it: a sweep
// starts a new process for every trial, hours after it was started itself, and all of them must be of its own version.
// `dist` is a copy of the newest build for what needs one name: tests, the package, notebooks.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "./digest-of.mjs";

const SOURCES = ["src", "pipeline", "tools", "bench", "test", "tsconfig.json"];
const STAMP = ".batchwise-set-up";
const MARK = ".used-by-";
/** Older builds that stay whether or not a process says that it runs from them. */
const KEPT = 3;

/**
 * Builds the sources as they are now, unless that was done before. A build that fails leaves everything as it was.
 *
 * @param say is told that it builds
 * @returns what the compiler said if it failed
 */
export function build(root, say) {
  const digest = digestOf(root, SOURCES);
  const folder = folderOf(root, digest);
  if (stampOf(root) === digest && existsSync(folder)) return undefined;
  say();
  if (!existsSync(folder)) {
    const beside = `${folder}-${process.pid}`;
    rmSync(beside, { recursive: true, force: true });
    const failure = compile(root, beside);
    if (failure !== undefined) {
      rmSync(beside, { recursive: true, force: true });
      return failure;
    }
    writeFileSync(join(beside, STAMP), digest);
    if (!isMoved(beside, folder)) rmSync(beside, { recursive: true, force: true }); // another one was quicker
  }
  replaceDist(root, folder);
  removeUnused(root, folder);
  return undefined;
}

/** The folder of the build that `dist` is a copy of; undefined where there is none. */
export function newestBuild(root) {
  const digest = stampOf(root);
  const folder = digest && folderOf(root, digest);
  return folder && existsSync(folder) ? folder : undefined;
}

/** Says that this process runs from a build until it ends, so that no later build removes it. */
export function useBuild(folder) {
  const mark = join(folder, `${MARK}${process.pid}`);
  writeFileSync(mark, "");
  process.on("exit", () => rmSync(mark, { force: true }));
}

function folderOf(root, digest) {
  return join(root, `dist-${digest.slice(0, 16)}`);
}

function stampOf(root) {
  try {
    return readFileSync(join(root, "dist", STAMP), "utf8");
  } catch {
    return undefined;
  }
}

/** @returns what the compiler said if it failed */
function compile(root, folder) {
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const args = [tsc, "-p", root, "--outDir", folder, "--tsBuildInfoFile", join(folder, ".tsbuildinfo")];
  return failureOf(root, args) ?? failureOf(root, [join(root, "tools", "bundle.mjs"), folder]);
}

/** @returns what a Node.js process said if it failed */
function failureOf(root, args) {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  return status === 0 ? undefined : `${error?.message ?? ""}${stdout ?? ""}${stderr ?? ""}`;
}

/** `dist` is replaced as a whole, so that nobody finds half of it; another build may do so at the same time. */
function replaceDist(root, folder) {
  const dist = join(root, "dist");
  const [fresh, old] = [`${folder}-copy-${process.pid}`, `${folder}-old-${process.pid}`];
  rmSync(fresh, { recursive: true, force: true });
  cpSync(folder, fresh, { recursive: true, filter: (path) => !path.includes(MARK) });
  do {
    rmSync(old, { recursive: true, force: true });
    isMoved(dist, old);
  } while (!isMoved(fresh, dist));
  rmSync(old, { recursive: true, force: true });
}

/** Moves a folder; false if it is not there, or if another one stands where it should go. */
function isMoved(from, to) {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (["ENOENT", "ENOTEMPTY", "EEXIST"].includes(error.code)) return false;
    throw error;
  }
}

/** Removes builds that no process runs from, but for the newest few, and what a build left behind that was killed. */
function removeUnused(root, current) {
  const names = readdirSync(root).filter((name) => name.startsWith("dist-"));
  const builds = names
    .filter((name) => /^dist-[0-9a-f]{16}$/.test(name))
    .map((name) => join(root, name))
    .filter((folder) => folder !== current && existsSync(join(folder, STAMP)))
    .sort((a, b) => statSync(join(b, STAMP)).mtimeMs - statSync(join(a, STAMP)).mtimeMs)
    .slice(KEPT - 1)
    .filter((folder) => !readdirSync(folder).some((name) => name.startsWith(MARK) && runs(name.slice(MARK.length))));
  const left = names
    .filter((name) => /^dist-[0-9a-f]{16}-.*\d+$/.test(name) && !runs(name.split("-").at(-1)))
    .map((name) => join(root, name));
  for (const folder of [...builds, ...left]) rmSync(folder, { recursive: true, force: true });
}

function runs(pid) {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
