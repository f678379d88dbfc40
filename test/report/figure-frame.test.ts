import assert from "node:assert/strict";
import { test } from "node:test";
import { figureFrame } from "../../src/report/figure-frame.js";
import { WITHOUT_BROWSER } from "../figures/browser.js";
import { sampleFigures } from "../figures/sample-figures.js";
import { withPage } from "./opened-page.js";

/** What of an element of the page is looked at. */
interface Mark {
  readonly style: { readonly opacity: string };
  getAttribute(name: string): string | null;
}

const NEEDED = { skip: WITHOUT_BROWSER };

test("a figure in a frame says what its marks stand for, isolates series and gives its files", NEEDED, async () => {
  const memory = sampleFigures().find(({ name }) => name === "memory") ?? assert.fail("no such figure");
  await withPage(`<!doctype html>${await figureFrame(memory)}`, async (page) => {
    const frame = page.frameLocator("iframe");
    await frame.locator("text=SVG").waitFor();
    const marks = frame.locator("g.mark-symbol.role-mark path[fill='#CC79A7']");
    await marks.last().hover({ force: true });
    const said = (await frame.locator("#tooltip").textContent()) ?? "";
    assert.match(said, /input size \(px\)\d+m/);
    assert.match(said, /mini batch size\dp/);
    assert.match(said, /peak memory \(MiB\)[\d,.]+trials3low \(MiB\)[\d,.]+high \(MiB\)[\d,.]+$/);
    const opacities = () =>
      frame.locator("g.mark-symbol.role-mark path").evaluateAll((paths: unknown[]) => ({
        faint: (paths as Mark[]).filter(({ style }) => style.opacity === "0.08").length,
        others: (paths as Mark[]).filter(
          (path) => ![path.getAttribute("fill"), path.getAttribute("stroke")].includes("#CC79A7"),
        ).length,
      }));
    await frame.locator("g.role-legend-label text", { hasText: /^8$/ }).click();
    const { faint, others } = await opacities();
    assert.ok(faint > 20 && faint === others, `${faint} of ${others}`);
    assert.equal(await frame.locator("select").inputValue(), "8");
    await frame.locator("select").selectOption("");
    assert.equal((await opacities()).faint, 0);
    for (const [label, begin] of [
      ["SVG", /^<svg /],
      ["CSV", /^kind,input_size_px,/],
      ["PNG", /^.PNG/],
    ] as const) {
      const [download] = await Promise.all([page.waitForEvent("download"), frame.getByText(label).click()]);
      assert.equal(download.suggestedFilename(), `memory.${label.toLowerCase()}`);
      const chunks: Buffer[] = [];
      for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
      assert.match(Buffer.concat(chunks).toString("latin1"), begin);
    }
    await frame.getByText("Data").click();
    assert.equal(await frame.locator("details tbody tr").count(), memory.data.length);
  });
});
