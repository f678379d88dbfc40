import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const BROWSER = ["chromium", "chromium-browser", "google-chrome"].find(
  (command) => spawnSync(command, ["--version"], { encoding: "utf8" }).status === 0,
);

/** Why no page can be shown here, or false where Chromium is there. */
export const WITHOUT_BROWSER = BROWSER === undefined ? "no Chromium" : false;

/**
 * What a page's script, which leaves a value that JSON knows in `result`, finds when its fonts are loaded.
 *
 * @param script the body of an async function
 */
export function inBrowser(body: string, script: string): unknown {
  const folder = mkdtempSync(join(tmpdir(), "batchwise-page-"));
  try {
    const page = join(folder, "page.html");
    writeFileSync(
      page,
      `<!doctype html><meta charset="utf-8"><body style="margin:0">${body}<script>
        (async () => {
          await document.fonts.ready;
          const result = await (async () => { ${script} })();
          document.body.replaceChildren();
          document.title = encodeURIComponent(JSON.stringify(result));
        })();
      </script>`,
    );
    const { stdout, stderr } = spawnSync(
      BROWSER ?? "",
      [
        ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--virtual-time-budget=10000"],
        ...[`--user-data-dir=${join(folder, "profile")}`, "--dump-dom", pathToFileURL(page).href],
      ],
      { encoding: "utf8", maxBuffer: 1e9 },
    );
    const [, found] = /<title>([^<]+)<\/title>/.exec(stdout) ?? [];
    if (found === undefined) throw new Error(`the page has no result\n${stderr}`);
    return JSON.parse(decodeURIComponent(found));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
