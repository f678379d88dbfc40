// Writes docs/figures/report.png: the report of data/reference-cpu in Chromium, wide and narrow, light and dark.
import { join } from "node:path";
import { PACKAGE_ROOT } from "../src/core/package-root.js";
import { reportHtml } from "../src/report/report.js";
import { atTop, type Shot, writePagePicture } from "./page-picture.js";

/** A figure at the top, once it can be asked. */
function figure(selector: string): Shot["show"] {
  return async (page) => {
    await atTop(page, selector);
    await page.locator(selector).first().getByText("SVG").waitFor();
  };
}

await writePagePicture(
  await reportHtml(join(PACKAGE_ROOT, "data", "reference-cpu")),
  [
    { width: 1280, colorScheme: "light", show: async () => undefined },
    { width: 400, colorScheme: "light", show: figure("#drivers figure") },
    { width: 400, colorScheme: "dark", show: figure("#time figure") },
  ],
  join(PACKAGE_ROOT, "docs", "figures", "report.png"),
);
