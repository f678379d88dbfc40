import { readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds this project's package.json: three levels above dist/src/core. */
export const PACKAGE_ROOT = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** Whether this project is installed as a package of another one, whose folders are not for writing. */
export function isInstalled(root = PACKAGE_ROOT): boolean {
  return root.split(sep).includes("node_modules");
}

/** This project's version, and the pinned versions of the packages that it depends on. */
export function readPackageVersions(): { batchwise: string; dependencies: Record<string, string> } {
  const manifest: { version: string; dependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8"),
  );
  return { batchwise: manifest.version, dependencies: manifest.dependencies };
}
