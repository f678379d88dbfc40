import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../src/core/package-root.js";

interface Notebook {
  readonly cells: readonly { readonly cell_type: "code" | "markdown"; readonly source: readonly string[] }[];
}

const NOTEBOOK = join(PACKAGE_ROOT, "notebooks", "00-start-here.ipynb");

const HEAD = `# Recipes

The cells of \`notebooks/00-start-here.ipynb\`, to read and to copy (\`npm run lab\` opens it). What one of them makes the next
ones use. In a file of your own leave out \`display\` and print with \`console.log\`. This page is generated
(\`npm run recipes-page\`).`;

/** The page of recipes, from the notebook that runs them. */
export function recipesPage(): string {
  const { cells } = JSON.parse(readFileSync(NOTEBOOK, "utf8")) as Notebook;
  const parts = cells.slice(1).map(({ cell_type, source }) => {
    const text = source.join("").trim();
    return cell_type === "code" ? `\`\`\`ts\n${text}\n\`\`\`` : text;
  });
  return `${[HEAD, ...parts].join("\n\n")}\n`;
}
