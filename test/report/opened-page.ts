import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type BrowserContextOptions, chromium, type Page } from "playwright-core";

/**
 * Opens a page from disk in Chromium, and fails if it asks for anything that is not in it, breaks its own policy or
 * throws.
 */
export async function withPage<Result>(
  html: string,
  use: (page: Page) => Promise<Result>,
  { hash = "", ...options }: BrowserContextOptions & { readonly hash?: string } = {},
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "batchwise-opened-"));
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
  try {
    const file = join(folder, "page.html");
    writeFileSync(file, html);
    const page = await (await browser.newContext(options)).newPage();
    const faults: string[] = [];
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    page.on("pageerror", (error) => faults.push(error.message));
    const url = pathToFileURL(file).href;
    page.on("request", (request) => {
      if (/^(file|http|https|ws|wss):/.test(request.url()) && !request.url().startsWith(url))
        faults.push(request.url());
    });
    await page.goto(`${url}${hash}`);
    const result = await use(page);
    if (faults.length > 0) throw new Error(`the page: ${faults.join("; ")}`);
    return result;
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
