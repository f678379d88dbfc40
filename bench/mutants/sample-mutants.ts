import { readFileSync } from "node:fs";
import { join } from "node:path";
import { builtFiles } from "./built-files.js";
import { changedLines } from "./changed-lines.js";
import { drawMutants } from "./draw-mutants.js";
import { applyEdit, type Mutant } from "./mutant.js";
import { mutantsIn } from "./mutants-in.js";
import { isModule } from "./syntax.js";

/** Which mutants of a project to draw. */
export interface Sample {
  readonly seed: number;
  readonly count: number;
  /** Only this folder of src. */
  readonly folder?: string | undefined;
  /** Only lines that differ from this commit. */
  readonly changed?: string | undefined;
  /** Of the command line, too. */
  readonly pipeline: boolean;
}

export function sampleMutants(project: string, { seed, count, folder, changed, pipeline }: Sample): Mutant[] {
  const lines = changed === undefined ? undefined : changedLines(project, changed);
  const mutants = ["dist/src", ...(pipeline ? ["dist/pipeline"] : [])]
    .flatMap((built) => builtFiles(project, built))
    .flatMap((file) => mutantsIn(project, file))
    .filter((mutant) => folder === undefined || mutant.folder === folder)
    .filter(({ place }) => lines === undefined || lines.has(place));
  const drawn: Mutant[] = [];
  for (const mutant of drawMutants(mutants, seed)) {
    if (drawn.length >= count) break;
    // E.g. an element left out of a list in parentheses; such a mistake never gets past the compiler.
    if (isModule(applyEdit(readFileSync(join(project, mutant.file), "utf8"), mutant))) drawn.push(mutant);
  }
  return drawn;
}
