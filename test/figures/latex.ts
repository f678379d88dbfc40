import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const found = spawnSync("pdflatex", ["--version"], { encoding: "utf8" });

/** Why nothing can be set here, or false where LaTeX is there. */
export const WITHOUT_LATEX = found.status === 0 ? false : "no pdflatex";

/** Sets a document in a folder to document.pdf; its exit status is not 0 where LaTeX stops. */
export function typeset(source: string, folder: string): { status: number | null; log: string } {
  writeFileSync(join(folder, "document.tex"), source);
  const options = ["-interaction=nonstopmode", "-halt-on-error", "document.tex"];
  const { status, stdout } = spawnSync("pdflatex", options, { cwd: folder, encoding: "utf8" });
  return { status, log: stdout };
}
