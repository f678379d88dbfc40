// Runs a file of the newest build from that build's own folder: node tools/run.mjs pipeline/batchwise.js ARGUMENTS.
// What is built meanwhile changes nothing for it, nor for the processes that it starts.
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { newestBuild, useBuild } from "./build.mjs";

const folder = newestBuild(dirname(dirname(fileURLToPath(import.meta.url))));
if (folder === undefined) {
  process.stderr.write("run: nothing is built, node tools/set-up.mjs builds\n");
  process.exit(1);
}
useBuild(folder);
standWhereTheUserDoes();
const entry = join(folder, process.argv[2] ?? "");
process.argv.splice(1, 2, entry);
await import(pathToFileURL(entry).href);

/**
 * npm runs a script in the folder of its package and says where the user stands, whose paths are meant. That holds for
 * the script that runs this file and not for what such a script starts, to which npm's variables come down, too.
 */
function standWhereTheUserDoes() {
  const { INIT_CWD, npm_lifecycle_script: script = "" } = process.env;
  if (INIT_CWD !== undefined && script.includes("tools/run.mjs")) process.chdir(INIT_CWD);
}
