import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { recipesPage } from "../../tools/recipes-page.js";

test("docs/recipes.md has the recipes of the notebook that runs them; npm run recipes-page writes it", () => {
  const page = readFileSync(join(PACKAGE_ROOT, "docs", "recipes.md"), "utf8");
  assert.equal(page, recipesPage());
  const recipes = page.split("\n## ").slice(1);
  assert.ok(recipes.length >= 7, String(recipes.length));
  for (const recipe of recipes) assert.match(recipe, /```ts\n(.+\n)+```/, recipe);
});
