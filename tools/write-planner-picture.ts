// Writes docs/figures/planner.png: the planner of data/reference-cpu in Chromium, wide and narrow, light and dark.
import { join } from "node:path";
import type { Page } from "playwright-core";
import { PACKAGE_ROOT } from "../src/core/package-root.js";
import { plannerHtml } from "../src/report/planner.js";
import { atTop, writePagePicture } from "./page-picture.js";

/** When all is drawn. */
async function drawn(page: Page): Promise<void> {
  await page.locator("figure[data-figure='mini-batch-by-deadline'] .tools button").first().waitFor();
}

await writePagePicture(
  plannerHtml({ dataset: join(PACKAGE_ROOT, "data", "reference-cpu") }),
  [
    { width: 1280, colorScheme: "light", show: drawn },
    { width: 400, colorScheme: "light", show: drawn },
    {
      width: 400,
      colorScheme: "dark",
      show: async (page) => {
        await drawn(page);
        await atTop(page, "#plan-heading");
      },
    },
  ],
  join(PACKAGE_ROOT, "docs", "figures", "planner.png"),
);
