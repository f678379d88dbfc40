// Bundles what runs in a browser (src/browser), a file for each page with what it needs of other packages in it, into
// src/browser of a folder: node tools/bundle.mjs dist
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = join(fileURLToPath(import.meta.url), "..", "..");
const [, , folder = "dist"] = process.argv;
const source = (name) => join(ROOT, "src", "browser", name);

await build({
  entryPoints: [source("figure-page.ts"), source("report-page.ts"), source("page.css")],
  outdir: join(folder, "src", "browser"),
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  // Texts of data stand in pages as they are: so must what draws them.
  charset: "utf8",
  legalComments: "eof",
  logLevel: "warning",
});
