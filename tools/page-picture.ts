import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Page } from "playwright-core";
import sharp from "sharp";

const HEIGHT_PX = 900;
const GAP_PX = 20;

/** A look at a page: so wide, in such colours. */
export interface Shot {
  readonly width: number;
  readonly colorScheme: "light" | "dark";
  /** Goes where there is something to see, and waits until it can be seen. */
  show(page: Page): Promise<void>;
}

/** Writes what of a page is seen in Chromium beside each other into a PNG. */
export async function writePagePicture(html: string, shots: readonly Shot[], path: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "batchwise-picture-"));
  const file = join(folder, "page.html");
  writeFileSync(file, html);
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  try {
    const composed: { input: Buffer; left: number; top: number }[] = [];
    let left = 0;
    for (const { width, colorScheme, show } of shots) {
      const page = await browser.newPage({ viewport: { width, height: HEIGHT_PX }, colorScheme });
      await page.goto(pathToFileURL(file).href);
      await show(page);
      composed.push({ input: await page.screenshot(), left, top: 0 });
      left += width + GAP_PX;
    }
    const size = { width: left - GAP_PX, height: HEIGHT_PX };
    await sharp({ create: { ...size, channels: 3, background: "#888888" } })
      .composite(composed)
      .png({ palette: true })
      .toFile(path);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

/** Scrolls an element to the top. */
export async function atTop(page: Page, selector: string): Promise<void> {
  const shown = page.locator(selector).first();
  await shown.evaluate((element: unknown) => (element as { scrollIntoView(): void }).scrollIntoView());
}
