import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { removeFolder } from "./remove-folder.js";

/** A copy of a project whose files may be broken. */
export interface ProjectCopy {
  readonly root: string;
  /** What tests write to in place of the system's temporary folder. */
  readonly temporary: string;
}

/**
 * Copies of a project in a folder of their own, which goes with them. The dependencies are shared through a link.
 *
 * @param count how many copies
 */
export function copyProject(project: string, count: number): { copies: ProjectCopy[]; remove(): void } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "mutants-")));
  chmodSync(folder, 0o755); // tests read as another user, too
  const left = new Set(["node_modules", ".git"]);
  const copies = Array.from({ length: count }, (_, index) => {
    const [root, temporary] = [join(folder, `${index}`, "project"), join(folder, `${index}`, "tmp")];
    cpSync(project, root, { recursive: true, filter: (path) => !left.has(relative(project, path)) });
    mkdirSync(temporary);
    if (existsSync(join(project, "node_modules")))
      symlinkSync(join(project, "node_modules"), join(root, "node_modules"));
    return { root, temporary };
  });
  return { copies, remove: () => removeFolder(folder) };
}
