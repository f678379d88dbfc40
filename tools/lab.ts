// `npm run lab`: opens the notebooks in Jupyter, with the kernel registered in the project's folder only. Its root is
// the project, so that data and results can be looked at, too. Jupyter listens on loopback alone.
import { spawn, spawnSync } from "node:child_process";
import { PACKAGE_ROOT } from "../src/core/package-root.js";
import { jupyterEnvironment } from "./jupyter.js";

const env = jupyterEnvironment();
const hasLab = spawnSync("jupyter", ["lab", "--version"], { stdio: "ignore", env }).status === 0;
const asRoot = process.getuid?.() === 0 ? ["--allow-root"] : [];
const start = hasLab ? "--LabApp.default_url=/lab/tree/notebooks" : "--NotebookApp.default_url=/tree/notebooks";
const root = `--notebook-dir=${PACKAGE_ROOT}`;
const args = [hasLab ? "lab" : "notebook", "--ip=127.0.0.1", ...asRoot, root, start, ...process.argv.slice(2)];
const jupyter = spawn("jupyter", args, { stdio: "inherit", env });
process.on("SIGINT", () => {}); // Jupyter asks whether to stop; it ends this process with it
jupyter.on("error", ({ message }) => {
  process.stderr.write(`lab: Jupyter can't be started: ${message}\n`);
  process.exitCode = 1;
});
jupyter.on("exit", (code) => {
  process.exitCode = code ?? 1;
});
