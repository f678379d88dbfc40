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
const entry = join(folder, process.argv[2] ?? "");
process.argv.splice(1, 2, entry);
await import(pathToFileURL(entry).href);
