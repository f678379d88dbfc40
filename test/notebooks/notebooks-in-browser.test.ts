import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { type Browser, chromium, type Page } from "playwright-core";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { type CellOutput, hasJupyter, joined, type NotebookCell } from "./run-cells.js";

const NOTEBOOKS = join(PACKAGE_ROOT, "notebooks");
const names = readdirSync(NOTEBOOKS).filter((name) => name.endsWith(".ipynb"));
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (path) => spawnSync(path, ["--version"], { stdio: "ignore" }).status === 0,
);
const skip = !hasJupyter ? "Jupyter is not installed" : CHROMIUM === undefined ? "no Chromium" : false;
const CELLS_MS = 600_000;

/** Copies of the notebooks where they find this package, its data and a folder of images, since Jupyter saves them. */
const folder = join(PACKAGE_ROOT, "dist", "test", "notebooks");
mkdirSync(folder, { recursive: true });
const root = mkdtempSync(join(folder, "browser-"));
cpSync(NOTEBOOKS, join(root, "notebooks"), { recursive: true });
mkdirSync(join(root, "data"));
for (const name of ["docs", "data/reference-cpu", "data/other-host"])
  symlinkSync(join(PACKAGE_ROOT, name), join(root, name));

let browser: Browser;
let server: ReturnType<typeof spawn>;
let url: URL;

before(async () => {
  if (skip !== false) return;
  server = spawn(process.execPath, [join(PACKAGE_ROOT, "dist", "tools", "lab.js"), "--no-browser"], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  url = await addressOf(server);
  browser = await chromium.launch({ executablePath: CHROMIUM ?? "", args: ["--no-sandbox"] });
});
after(async () => {
  await browser?.close();
  if (server?.pid !== undefined && server.exitCode === null) {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    process.kill(-server.pid, "SIGTERM");
    await ended;
  }
  rmSync(root, { recursive: true, force: true });
});

/** Where Jupyter says that it listens. */
async function addressOf({ stderr, exitCode }: ReturnType<typeof spawn>): Promise<URL> {
  const said: string[] = [];
  if (stderr !== null) {
    for await (const line of createInterface({ input: stderr })) {
      said.push(line);
      const [found] = /http:\/\/127\.0\.0\.1:\d+\S*token=\w+/.exec(line) ?? [];
      if (found !== undefined) {
        stderr.resume();
        return new URL(found);
      }
    }
  }
  throw new Error(`Jupyter ended with ${exitCode}\n${said.join("\n")}`);
}

/** The copies, from the root of Jupyter: the project. */
const copies = relative(PACKAGE_ROOT, join(root, "notebooks"));

async function open(path: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  await page.goto(new URL(`/notebooks/${copies}/${path}${url.search}`, url).href);
  await page.waitForFunction("window.Jupyter?.notebook?.kernel?.is_connected()", undefined, { timeout: CELLS_MS });
  return page;
}

/** Runs every cell and waits until the kernel has answered to each. */
async function runAll(page: Page): Promise<void> {
  await page.evaluate("Jupyter.notebook.clear_all_output(); Jupyter.notebook.execute_all_cells()");
  await page.waitForFunction(
    `Jupyter.notebook.get_cells().every((cell) => cell.cell_type !== "code" || typeof cell.input_prompt_number === "number")`,
    undefined,
    { timeout: CELLS_MS },
  );
}

function cellsOf(name: string): readonly NotebookCell[] {
  return (JSON.parse(readFileSync(join(NOTEBOOKS, name), "utf8")) as { cells: readonly NotebookCell[] }).cells;
}

/** How many paths and tables the outputs of a notebook have. */
function drawnIn(name: string): { readonly paths: number; readonly tables: number } {
  const html = cellsOf(name)
    .flatMap(({ outputs = [] }) => outputs)
    .map(({ data }) => joined(data?.["text/html"] ?? ""))
    .join("");
  const count = (tag: string) => html.split(`<${tag}`).length - 1;
  return { paths: count("path"), tables: count("table") };
}

/** The same of what a page shows, as far as it takes room. */
const shown = `({
  paths: [...document.querySelectorAll(".output_html path, .jp-RenderedHTMLCommon path, .output_subarea path")]
    .filter((path) => path.closest("svg").getBoundingClientRect().width > 50).length,
  tables: document.querySelectorAll(".output_html table, .jp-RenderedHTMLCommon.jp-OutputArea-output table").length,
  wide: [...document.querySelectorAll("svg")].filter((svg) => {
    const area = svg.closest(".output_subarea, .jp-OutputArea-output");
    return area !== null && svg.getBoundingClientRect().width > area.getBoundingClientRect().width + 1;
  }).length,
})`;

for (const name of names) {
  test(`${name} runs from top to bottom in a browser, shows its figures and tables, and gives the same outputs again`, {
    skip,
  }, async () => {
    const page = await open(name);
    await runAll(page);
    assert.equal(await page.locator(".output_error, .output_stderr").count(), 0, await errorsIn(page));
    assert.deepEqual(await page.evaluate(shown), { ...drawnIn(name), wide: 0 });
    const now = (await page.evaluate("Jupyter.notebook.toJSON().cells")) as readonly NotebookCell[];
    const changed = cellsOf(name).filter(({ outputs = [] }, index) => {
      const again = now[index]?.outputs ?? [];
      return !isDeepStrictEqual(again.map(inOneLine), outputs.map(inOneLine));
    });
    assert.deepEqual(
      changed.map(({ source }) => joined(source)),
      [],
      "cells with other outputs",
    );
    await page.close();
  });
}

/** An output as a page has it: a file may have its strings as lists of lines. */
function inOneLine({ text, data = {}, ...output }: CellOutput): unknown {
  const ofType = Object.entries(data).map(([type, value]) => [type, joined(value)]);
  return { ...output, ...(text !== undefined && { text: joined(text) }), data: Object.fromEntries(ofType) };
}

async function errorsIn(page: Page): Promise<string> {
  return (await page.locator(".output_error, .output_stderr").allTextContents()).join("\n");
}

test("a new notebook is of the TypeScript kernel, and still is when it is opened again", { skip }, async () => {
  const page = await browser.newPage();
  await page.goto(new URL(`/tree/${copies}${url.search}`, url).href);
  await page.locator("#new-dropdown-button").click();
  const [opened] = await Promise.all([
    page.context().waitForEvent("page"),
    page.locator("#new-menu a", { hasText: "TypeScript" }).click(),
  ]);
  await opened.waitForFunction("window.Jupyter?.notebook?.kernel?.is_connected()");
  await opened.evaluate('Jupyter.notebook.get_cell(0).set_text("const own = 1 + 1; own")');
  await runAll(opened);
  assert.equal(await opened.locator(".output_stdout").textContent(), "2\n");
  await opened.evaluate("Jupyter.notebook.save_notebook()");
  const path = new URL(opened.url()).pathname;
  await opened.close();
  const again = await browser.newPage();
  await again.goto(new URL(`${path}${url.search}`, url).href);
  await again.waitForFunction("window.Jupyter?.notebook?.kernel?.is_connected()");
  assert.deepEqual(await again.evaluate("[Jupyter.notebook.kernel.name, Jupyter.notebook.metadata.kernelspec.name]"), [
    "tslab",
    "tslab",
  ]);
  await again.close();
  await page.close();
});

test("as HTML of nbconvert, too, every figure of a notebook is there", { skip }, async () => {
  for (const name of ["00-start-here.ipynb", "04-what-drives-warm-up.ipynb"]) {
    const args = ["nbconvert", "--to=html", `--output-dir=${root}`, join(NOTEBOOKS, name)];
    const converted = spawnSync("jupyter", args, { encoding: "utf8" });
    assert.equal(converted.status, 0, converted.stderr);
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    await page.route(/^https?:/, (route) => route.abort());
    await page.goto(pathToFileURL(join(root, name.replace(".ipynb", ".html"))).href, { waitUntil: "domcontentloaded" });
    const { paths, tables } = (await page.evaluate(shown)) as { paths: number; tables: number };
    assert.deepEqual({ paths, tables }, drawnIn(name), name);
    await page.close();
  }
});
