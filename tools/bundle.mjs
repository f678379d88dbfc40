// Bundles what runs in a browser (src/browser), a file for each page with what it needs of other packages in it, into
// src/browser of a folder: node tools/bundle.mjs dist
import { basename, extname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = join(fileURLToPath(import.meta.url), "..", "..");
const [, , folder = "dist"] = process.argv;
const source = (name) => join(ROOT, "src", "browser", name);

/** What Node.js does in one file and a browser in another. */
const REPLACED = {
  "plan/solve/start-thread.ts": "planner/start-thread.ts",
  "plan/solve/highs-library.ts": "planner/highs-library.ts",
  "fleet/measured-work.ts": "planner/measured-work.ts",
  "fleet/published-work.ts": "planner/published-work.ts",
  "figures/font.ts": "planner/font.ts",
  "figures/render-svg.ts": "planner/render-svg.ts",
};
const inPlace = {
  name: "in place of files for Node.js",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir }) => {
      // The forms' messages are Batchwise's own: of zod's in 50 languages a page carries those in English.
      if (/zod[\\/]v4[\\/]\w+$/.test(resolveDir) && path === "../locales/index.js")
        return { path: resolve(resolveDir, "..", "locales", "en.js") };
      const file = relative(join(ROOT, "src"), resolve(resolveDir, path)).replace(/\.js$/, ".ts").replaceAll(sep, "/");
      return file in REPLACED ? { path: source(REPLACED[file]) } : undefined;
    }),
};

const settings = {
  outdir: join(folder, "src", "browser"),
  bundle: true,
  minify: true,
  target: "es2022",
  // Texts of data stand in pages as they are: so must what draws them.
  charset: "utf8",
  legalComments: "eof",
  logLevel: "warning",
  plugins: [inPlace],
  alias: { "csv-parse/sync": "csv-parse/browser/esm/sync" },
};
await build({
  ...settings,
  entryPoints: [
    "pages/page-loader.ts",
    "pages/figure-page.ts",
    "pages/report-page.ts",
    "pages/planner-page.ts",
    "page.css",
  ].map((name) => ({
    in: source(name),
    out: basename(name, extname(name)),
  })),
  format: "iife",
});
await build({
  ...settings,
  entryPoints: [{ in: source("planner/solver-worker.ts"), out: "solver-worker" }],
  format: "iife",
  // HiGHS would look for its program with these: a page carries it.
  external: ["node:module"],
  define: { "import.meta.url": '"file:///"' },
});
