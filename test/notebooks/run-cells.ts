import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { jupyterEnvironment } from "../../tools/jupyter.js";

/** What a cell showed. */
export interface CellOutput {
  readonly output_type: string;
  readonly text?: string | readonly string[];
  readonly data?: Readonly<Record<string, string | readonly string[]>>;
  readonly ename?: string;
  readonly evalue?: string;
}

/** A cell of a notebook file. */
export interface NotebookCell {
  readonly cell_type: "code" | "markdown";
  readonly source: string | readonly string[];
  readonly outputs?: readonly CellOutput[];
}

export const hasJupyter = spawnSync("jupyter", ["nbconvert", "--version"], { stdio: "ignore" }).status === 0;

/** A notebook file of code cells, for our kernel. */
export function notebookOf(cells: readonly string[]): string {
  return JSON.stringify({
    cells: cells.map((source) => ({ cell_type: "code", execution_count: null, metadata: {}, outputs: [], source })),
    metadata: { kernelspec: { display_name: "TypeScript", language: "typescript", name: "tslab" } },
    nbformat: 4,
    nbformat_minor: 4,
  });
}

/**
 * Runs cells one after the other in a new kernel, in a folder of this package.
 *
 * @returns what each of them showed; one that fails does not end the others
 */
export function runCells(cells: readonly string[], env: NodeJS.ProcessEnv = {}): (readonly CellOutput[])[] {
  const folder = mkdtempSync(join(PACKAGE_ROOT, "dist", "test", "notebooks", "cells-"));
  try {
    writeFileSync(join(folder, "cells.ipynb"), notebookOf(cells));
    const args = ["nbconvert", "--to=notebook", "--execute", "--allow-errors", "--output=ran", "cells.ipynb"];
    const ran = spawnSync("jupyter", args, {
      cwd: folder,
      env: { ...jupyterEnvironment(), ...env },
      encoding: "utf8",
    });
    if (ran.status !== 0) throw new Error(ran.error?.message ?? ran.stderr);
    const notebook: { cells: readonly NotebookCell[] } = JSON.parse(readFileSync(join(folder, "ran.ipynb"), "utf8"));
    return notebook.cells.map(({ outputs = [] }) => outputs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a cell wrote, and as which table it showed its last value. */
export function textOf(outputs: readonly CellOutput[]): string {
  return outputs.map(({ text, data }) => joined(text ?? data?.["text/html"] ?? "")).join("");
}

/** Multi-line strings of a notebook file may be lists of lines. */
export function joined(lines: string | readonly string[]): string {
  return typeof lines === "string" ? lines : lines.join("");
}
