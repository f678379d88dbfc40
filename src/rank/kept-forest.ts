import { createHash, randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { makeFolder } from "../core/make-folder.js";
import { once } from "../core/once.js";
import { readPackageVersions } from "../core/package-root.js";
import type { ForestData, TreeEvidence } from "./bagged-tree.js";
import { type ForestOptions, growForest } from "./grow-forest.js";
import { secondForest } from "./second-forest.js";

/** Where a dataset keeps forests that were grown on it. To delete it costs time only: they can be made again. */
export const KEPT_FORESTS = ".forests";

/** What grows a forest: where any of it changes, a kept one is of the past. */
const CODE = ["bagged-tree.js", "forest-process.js", "grow-forest.js", "second-forest.js", "../core/seeded-random.js"];
const PACKAGES = ["ml-random-forest", "ydf-training", "pure-rand"];

/**
 * `growForest`, or the same forest as it was kept in a dataset's folder.
 *
 * @param folder the dataset's; where it can't be written to, nothing is kept
 */
export function keptForest(folder: string, data: ForestData, options: ForestOptions): Promise<readonly TreeEvidence[]> {
  const { trees, seed, maxFeatures } = options;
  return kept(folder, ["forest", data, trees, seed, maxFeatures ?? "all"], () => growForest(data, options));
}

/** `secondForest`, or what the same one said as it was kept in a dataset's folder. */
export function keptSecondForest(
  folder: string,
  data: Pick<ForestData, "rows" | "target">,
): Promise<readonly number[]> {
  const { rows, target } = data;
  return kept(folder, ["second forest", rows, target], () => secondForest(data));
}

/** Made of what is read for it alone, so that a kept one is never of other data. */
async function kept<Result>(folder: string, inputs: readonly unknown[], make: () => Promise<Result>): Promise<Result> {
  const hash = createHash("sha256").update(codeHash()).update(JSON.stringify(inputs)).digest("hex");
  const path = join(folder, KEPT_FORESTS, `${hash.slice(0, 32)}.json.gz`);
  const known = readKept<Result>(path);
  if (known !== undefined) return known;
  const made = await make();
  keep(path, made);
  return made;
}

/** undefined where there is none, or it was cut short or damaged. */
function readKept<Result>(path: string): Result | undefined {
  try {
    return JSON.parse(gunzipSync(readFileSync(path)).toString("utf8")) as Result;
  } catch {
    return undefined;
  }
}

function keep(path: string, made: unknown): void {
  const temporary = `${path}.${randomUUID()}`;
  try {
    makeFolder(dirname(path));
    writeFileSync(temporary, gzipSync(JSON.stringify(made), { level: 1 }));
    renameSync(temporary, path);
  } catch {
    // Not kept: it is grown again next time.
  } finally {
    if (existsSync(temporary)) rmSync(temporary);
  }
}

const codeHash = once(() => {
  const hash = createHash("sha256");
  for (const name of CODE) hash.update(readFileSync(new URL(name, import.meta.url)));
  const { dependencies } = readPackageVersions();
  hash.update(JSON.stringify(PACKAGES.map((name) => dependencies[name])));
  return hash.digest();
});
