// Writes docs/recipes.md; a test holds the page against the notebook.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../src/core/package-root.js";
import { recipesPage } from "./recipes-page.js";

writeFileSync(join(PACKAGE_ROOT, "docs", "recipes.md"), recipesPage());
