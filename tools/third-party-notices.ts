import { join } from "node:path";
import { z } from "zod";
import { groupBy } from "../src/core/group-by.js";
import { readJsonFile } from "../src/core/json-file.js";
import { PACKAGE_ROOT } from "../src/core/package-root.js";

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), license: z.string().optional(), dev: z.boolean().optional() }),
  ),
});

/** Packages whose manifests name no licence, by the licence file that comes with them; the bindings' is DuckDB's. */
const BY_THEIR_FILES: readonly (readonly [RegExp, string])[] = [
  [/^@duckdb\/node-bindings-/, "MIT"],
  [/^png-js$/, "MIT"],
];

const INTRODUCTION = `# Third-party notices

Written by \`npm run third-party-notices\` from \`package-lock.json\`; a test holds it against that. Nothing of these packages is
in this repository: npm installs them, and the build puts Vega and its interpreter (BSD-3-Clause, their notice at its end) into
what runs in pages. What only notebooks and development need does not come with the package and is not
listed. Batchwise itself has the MIT licence.

What asks for more than a notice:

- **Fonts** of figures: Source Sans 3 and Source Serif 4 by Adobe, SIL Open Font License 1.1; PDFs and SVGs embed subsets of
  them, which that licence allows in documents.
- **libvips** and what it is built of (LGPL-3.0 and others), in \`@img/sharp-libvips-*\`: a shared library that sharp loads; the
  list of its parts and their licences is in its package's README.
- **zeromq** (MPL-2.0 and MIT): the kernel of the notebooks, in the repository only, loads it unchanged.
- **HiGHS** (MIT) in WebAssembly, **ONNX Runtime** (MIT), **DuckDB** (MIT) and **Yggdrasil Decision Forests** (Apache-2.0) come
  as built libraries.

| licence | packages |
|---|---|
`;

/** The notices: every package that is installed with this one, by its licence, the most frequent licence first. */
export function thirdPartyNotices(): string {
  const { packages } = readJsonFile(join(PACKAGE_ROOT, "package-lock.json"), "package-lock.json", lockSchema);
  const installed = Object.entries(packages).flatMap(([path, { version = "", license, dev }]) => {
    const name = path.replace(/^.*node_modules\//, "");
    return path === "" || dev ? [] : [{ label: `${name} ${version}`, licence: license ?? licenceByFile(name) }];
  });
  const byLicence = [...groupBy(installed, ({ licence }) => licence)].map(([licence, own]) => ({
    licence,
    labels: [...new Set(own.map(({ label }) => label))].sort(),
  }));
  byLicence.sort((a, b) => b.labels.length - a.labels.length || (a.licence < b.licence ? -1 : 1));
  return `${INTRODUCTION}${byLicence.map(({ licence, labels }) => `| ${licence} | ${labels.join(", ")} |\n`).join("")}`;
}

function licenceByFile(name: string): string {
  const licence = BY_THEIR_FILES.find(([names]) => names.test(name))?.[1];
  if (licence === undefined) throw new Error(`${name}: its licence is not known, look at its files and add it here`);
  return licence;
}
