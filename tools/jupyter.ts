import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../src/core/package-root.js";

/** The folder with the notebooks; their names give their order. */
export const NOTEBOOKS = join(PACKAGE_ROOT, "notebooks");

/**
 * Registers the TypeScript kernel (tslab) in the project's folder only.
 *
 * @returns the environment in which Jupyter finds it
 */
export function jupyterEnvironment(): NodeJS.ProcessEnv {
  const folder = join(PACKAGE_ROOT, "dist", "jupyter");
  const kernel = join(folder, "kernels", "tslab");
  mkdirSync(kernel, { recursive: true });
  const launcher = join(PACKAGE_ROOT, "dist", "tools", "kernel.js");
  writeFileSync(
    join(kernel, "kernel.json"),
    `${JSON.stringify({
      argv: [process.execPath, launcher, "{connection_file}"],
      display_name: "TypeScript",
      language: "typescript",
    })}\n`,
  );
  return { ...process.env, JUPYTER_PATH: [folder, process.env.JUPYTER_PATH].filter(Boolean).join(":") };
}
