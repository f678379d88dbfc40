// `npm run notebooks [-- --data DIR] [NAME...]`: runs every notebook, or those that are named, from top to bottom.
// Without --data the committed notebooks get new outputs, which are the same unless code or dataset changed; with it,
// copies are written to DIR/notebooks.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "../src/core/user-error.js";
import { readDataPackage } from "../src/dataset/data-package.js";
import { jupyterEnvironment, NOTEBOOKS } from "./jupyter.js";

const CELL_TIMEOUT_S = 600;
/** The cell and its error, without what nbconvert did before. */
const LINES_OF_FAILURE = 30;

try {
  const { values, positionals } = parseArgs({
    options: { data: { type: "string" }, out: { type: "string" } },
    allowPositionals: true,
  });
  const notebooks = readdirSync(NOTEBOOKS).filter((file) => file.endsWith(".ipynb"));
  const unknown = positionals.find((name) => !notebooks.includes(name));
  if (unknown !== undefined) throw new UserError(`notebook ${unknown}: allowed are ${notebooks.join(", ")}`);
  const data = values.data === undefined ? undefined : resolve(values.data);
  if (data !== undefined) readDataPackage(data);
  const out = values.out ?? (data === undefined ? NOTEBOOKS : join(data, "notebooks"));
  mkdirSync(out, { recursive: true });
  const env = { ...jupyterEnvironment(), ...(data !== undefined && { BATCHWISE_DATA: data }) };
  for (const name of positionals.length > 0 ? positionals : notebooks) {
    process.stderr.write(`${name}\n`);
    const failure = runNotebook(name, resolve(out), env);
    if (failure === undefined) continue;
    process.stderr.write(`notebooks: ${name}: ${failure}\n`);
    process.exitCode = 1; // the others are made
  }
  process.stdout.write(`notebooks in ${out}\n`);
} catch (error) {
  const wrongArgument = error instanceof TypeError && "code" in error;
  if (!(error instanceof UserError) && !wrongArgument) throw error;
  process.stderr.write(`notebooks: ${error.message}\n`);
  process.exitCode = 2;
}

/** @returns why it failed, in a line where a user's mistake did it; then it has no copy */
function runNotebook(name: string, out: string, env: NodeJS.ProcessEnv): string | undefined {
  const { status, stderr, error } = spawnSync(
    "jupyter",
    [
      "nbconvert",
      "--to=notebook",
      "--execute",
      "--ExecutePreprocessor.kernel_name=tslab",
      "--ExecutePreprocessor.record_timing=False",
      `--ExecutePreprocessor.timeout=${CELL_TIMEOUT_S}`,
      `--output-dir=${out}`,
      `--output=${name}`,
      join(NOTEBOOKS, name),
    ],
    { env, encoding: "utf8" },
  );
  if (status === 0) return undefined;
  const [, mistake] = /^UserError: (.+)$/m.exec(stderr) ?? [];
  return mistake ?? `failed\n${error?.message ?? stderr.trim().split("\n").slice(-LINES_OF_FAILURE).join("\n")}`;
}
