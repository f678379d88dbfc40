import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { reportHtml } from "../../src/report/report.js";
import { WITHOUT_BROWSER } from "../figures/browser.js";
import { rankedTrials, writeRankedDataset } from "../rank/ranked-dataset.js";
import { withPage } from "./opened-page.js";

const NEEDED = { skip: WITHOUT_BROWSER };
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** A name that would run a script where it is not text. */
const HOSTILE = '"><img src=x onerror="document.title=1">';
const root = mkdtempSync(join(tmpdir(), "batchwise-report-"));
const folder = join(root, HOSTILE);
after(() => rmSync(root, { recursive: true, force: true }));
let html = "";
before(async () => {
  // A second device, which is slower and was measured at fewer sizes.
  const slower = rankedTrials()
    .filter(({ inputSizePx }) => inputSizePx < 100)
    .map((trial) => ({
      ...{ ...trial, trialId: `2t-${trial.trialId}`, threads: 2 },
      steadyMedianMs: 3 * (trial.steadyMedianMs ?? 0),
    }));
  await writeRankedDataset(folder, [...rankedTrials(), ...slower]);
  html = await reportHtml(folder);
});

/** What an axe run says that is looked at. */
interface Violations {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

test("the answer comes first, then all sections in their order", NEEDED, async () => {
  await withPage(html, async (page) => {
    const answer = await page.locator("header .answer").textContent();
    assert.match(
      answer ?? "",
      /^\d+ devices? like cpu-1t, with mini-batches? of .* 10,000 images of 32 px within 10 s: /,
    );
    assert.deepEqual(await page.locator("h2").allTextContents(), [
      "What was measured",
      "How far to trust it",
      "Time and memory",
      "Functions and their errors",
      "What drives warm-up",
      "The study's findings",
      "Plans, predicted and measured",
      "Ask another question",
      "Make it again",
      "Provenance",
      "Citation",
    ]);
    assert.equal(await page.locator("nav a").count(), 11);
    for (const id of ["trust", "laws", "drivers", "claims", "plans", "provenance"]) {
      assert.ok((await page.locator(`#${id} table`).count()) > 0, id);
    }
    assert.match(
      (await page.locator("#trust").textContent()) ?? "",
      /Held against itself, .*A\/A of cpu-1t: A is the earlier/,
    );
    assert.equal(await page.title(), `Batchwise report: ${HOSTILE}`, "names are text");
    assert.equal(await page.locator("img").count(), 0);
    const commands = await page.locator("#again pre").textContent();
    assert.ok(
      commands?.startsWith(`batchwise report '${HOSTILE}'\n`),
      "quoted, and without the path of another's folder",
    );
  });
});

test("figures follow the choice of device, size and quantity", NEEDED, async () => {
  await withPage(html, async (page) => {
    const figure = page.locator("figure[data-figure='fitted-law']");
    await figure.scrollIntoViewIfNeeded();
    await figure.getByText("SVG").waitFor();
    const caption = () => figure.locator("figcaption").textContent();
    assert.match((await caption()) ?? "", /^Latency at 32 px .* on cpu-1t, /);
    await page.locator("select[name=quantity]").selectOption("warmup");
    await page.locator("select[name=sizePx]").selectOption("64");
    await page.locator("figure[data-figure='fitted-law'] figcaption", { hasText: "Warm-up at 64 px" }).waitFor();
    await page.locator("select[name=device]").selectOption("cpu-2t");
    await page.locator("figure[data-figure='fitted-law'] figcaption", { hasText: "on cpu-2t" }).waitFor();
    // A reader who changes their mind before the first choice is drawn.
    const both = `for (const quantity of ["latency", "warmup"]) {
      const select = document.querySelector("select[name=quantity]");
      select.value = quantity;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    }`;
    await page.evaluate(both);
    const lines = page.locator("figure[data-figure='fitted-lines']");
    await lines.locator("figcaption", { hasText: /^Warm-up/ }).waitFor();
    assert.equal(await lines.locator(".drawing svg").count(), 1);
    await page.locator("select[name=sizePx]").selectOption("128");
    await page.locator("figure[data-figure='fitted-law'] .drawing", { hasText: "Not measured" }).waitFor();
  });
});

for (const [colorScheme, width] of [
  ["light", 1280],
  ["dark", 400],
] as const) {
  test(`nothing keeps anybody from reading it: ${colorScheme}, ${width} px`, NEEDED, async () => {
    const options = { colorScheme, viewport: { width, height: 900 }, bypassCSP: true };
    await withPage(
      html,
      async (page) => {
        for (const figure of await page.locator("figure").all()) {
          await figure.scrollIntoViewIfNeeded();
          await figure.getByText("SVG").waitFor();
          const label = await figure.locator("svg[role=img]").getAttribute("aria-label");
          assert.match(label ?? "", /\. .*\d.*\.$/, "a description says what is shown");
        }
        await page.evaluate(AXE);
        const { violations } = (await page.evaluate("axe.run()")) as Violations;
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
          [],
        );
        assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width, "only tables scroll sideways");
      },
      options,
    );
  });
}

test("all of it can be reached by keyboard, and printed without what is clicked", NEEDED, async () => {
  await withPage(html, async (page) => {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate("document.activeElement.textContent"), "What was measured");
    await page.keyboard.press("Enter");
    assert.match(page.url(), /#measured$/);
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator("nav").isVisible(), false);
    assert.equal(await page.locator("figure svg").first().isVisible(), true);
  });
});

test("its planner starts with its answer and answers anew, and a link asks at once", NEEDED, async () => {
  const hash = await withPage(html, async (page) => {
    const said = (await page.locator("header .answer").textContent()) ?? "";
    await page.locator("#planner").scrollIntoViewIfNeeded();
    await page.locator("[data-planner][aria-busy=false]").waitFor();
    const [devices] = /^\d+ devices?/.exec(said) ?? [""];
    assert.match((await page.locator("#answer").textContent()) ?? "", new RegExp(`^${devices}, 10000 images, `));
    await page.locator("[name=images]").fill("77");
    await page.locator("#answer", { hasText: "77 images" }).waitFor();
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator("#planner").isVisible(), false, "paper answers nothing");
    return new URL(page.url()).hash;
  });
  await withPage(html, (page) => page.locator("#answer", { hasText: "77 images" }).waitFor(), { hash });
});

test("a second dataset is compared, and a dataset with too little says so in its place", NEEDED, async () => {
  const small = join(root, "small");
  await writeRankedDataset(small, rankedTrials().slice(0, 3));
  const page = await reportHtml(small, { other: folder });
  assert.match(page, /<caption>B over A, cell by cell<\/caption>/);
  assert.match(page, /<h3>Known before the first inference<\/h3><p>Not ranked: ranking of .*: 3 trials ended well/);
  await assert.rejects(reportHtml(join(root, "nothing")), { name: "UserError" });
});

test("the same dataset gives the same bytes", async () => {
  assert.equal(await reportHtml(folder), html);
});
