// Writes docs/figures/report.png: the report of data/reference-cpu in Chromium, wide and narrow, light and dark.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import sharp from "sharp";
import { PACKAGE_ROOT } from "../src/core/package-root.js";
import { reportHtml } from "../src/report/report.js";

const HEIGHT_PX = 900;
const GAP_PX = 20;
/** What of the page is shown, by the element that stands at the top. */
const SHOTS = [
  { width: 1280, colorScheme: "light", top: "body" },
  { width: 400, colorScheme: "light", top: "#drivers figure" },
  { width: 400, colorScheme: "dark", top: "#time figure" },
] as const;

const folder = mkdtempSync(join(tmpdir(), "batchwise-picture-"));
const file = join(folder, "report.html");
writeFileSync(file, await reportHtml(join(PACKAGE_ROOT, "data", "reference-cpu")));
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const pictures: Buffer[] = [];
for (const { width, colorScheme, top } of SHOTS) {
  const page = await browser.newPage({ viewport: { width, height: HEIGHT_PX }, colorScheme });
  await page.goto(pathToFileURL(file).href);
  const element = page.locator(top).first();
  await element.evaluate((shown: unknown) => (shown as { scrollIntoView(): void }).scrollIntoView());
  if (top !== "body") await element.getByText("SVG").waitFor();
  pictures.push(await page.screenshot());
}
await browser.close();
rmSync(folder, { recursive: true });

const places = SHOTS.map((_, index) => SHOTS.slice(0, index).reduce((left, { width }) => left + width + GAP_PX, 0));
await sharp({
  create: {
    width: SHOTS.reduce((sum, { width }) => sum + width, GAP_PX * (SHOTS.length - 1)),
    height: HEIGHT_PX,
    channels: 3,
    background: "#888888",
  },
})
  .composite(pictures.map((input, index) => ({ input, left: places[index] ?? 0, top: 0 })))
  .png({ palette: true })
  .toFile(join(PACKAGE_ROOT, "docs", "figures", "report.png"));
