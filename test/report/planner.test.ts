import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { planCommand } from "../../pipeline/commands/plan-command.js";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { type SeededRandom, seededRandom } from "../../src/core/seeded-random.js";
import { readDeviceFile } from "../../src/plan/question/device-file.js";
import { plannerFrame, plannerHtml } from "../../src/report/planner.js";
import { WITHOUT_BROWSER } from "../figures/browser.js";
import { withPage } from "./opened-page.js";

const NEEDED = { skip: WITHOUT_BROWSER };
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-planner-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A table by mini-batch size whose values grow by less than the images. */
function table(random: SeededRandom, sizes: readonly number[], [fixed, each]: readonly [number, number]) {
  return Object.fromEntries(
    sizes.map((size) => [size, Number((fixed + each * size * (0.9 + 0.2 * random.uniform())).toFixed(3))]),
  );
}

/** How new processes spread, with and without a tail and sessions. */
function spread(random: SeededRandom, sizes: readonly number[], index: number) {
  const of = ([fixed, each]: readonly [number, number]) => ({
    degrees: 20,
    ...(index === 1 && { tail: { degrees: 5, scale: 0.77, skew: 1.3 } }),
    ...(index === 3 && { sessions: { variance: 0.001, degrees: 1 } }),
    mini_batches: Object.fromEntries(
      Object.entries(table(random, sizes, [fixed, each])).map(([size, median_ms]) => [
        size,
        { median_ms, function_variance: 0.001 * random.uniform(), process_variance: 0.01 * random.uniform() },
      ]),
    ),
  });
  return {
    ...{ trials: 40, sessions: 1 + (index === 3 ? 1 : 0) },
    latency: of([2 + index, 1.5 - index / 4]),
    warmup: of([40 * index + 10, 2]),
    ...(index > 0 && { load_ms: [90, 100, 120].map((ms) => ms * index) }),
  };
}

/** Devices of all forms that a device file has for functions. */
function devices() {
  const random = seededRandom(17, "devices");
  return ["gpu-a", "gpu-b", "cpu", "it's one"].map((name, index) => {
    const sizes = [1, 2, 3, 4, 6, 8, 12, 16].slice(0, 4 + index);
    const isLine = index === 2;
    return {
      name,
      count: 3 + index,
      price_per_hour: 0.5 + index,
      idle_w: 5,
      load_ms: 100 * index,
      ...(isLine && { max_mini_batch_size: 9 }),
      latency_ms: isLine ? { intercept: 5.5, slope: 2.25 } : table(random, sizes, [2 + index, 1.5 - index / 4]),
      warmup_ms: isLine ? { intercept: 50, slope: 2.25 } : table(random, sizes, [40 * index + 10, 2]),
      warm_up_per_shape: index % 2 === 0,
      energy_per_mini_batch_j: isLine ? { intercept: 0.5, slope: 0.25 } : table(random, sizes, [1, 0.5]),
      ...(!isLine && { spread: spread(random, sizes, index) }),
    };
  });
}

const DEVICES = devices();
let html = "";
before(() => {
  const file = join(folder, "given.json");
  writeFileSync(file, JSON.stringify({ devices: DEVICES }));
  html = plannerHtml({ deviceFile: file });
});

/** A question as a link carries it, as the command line is told it, and the devices that it is of. */
interface Asked {
  readonly hash: string;
  readonly args: readonly string[];
  readonly deviceFile: string;
}

/** A random question: of each class, with each limit now and then, some without an answer. */
function randomQuestion(random: SeededRandom): Asked {
  const oneOf = <T>(items: readonly T[]): T => items[random.integer(0, items.length - 1)] as T;
  const now = (share: number) => random.uniform() < share;
  const planClass = oneOf(["soft", "soft", "relaxed", "hard", "best-effort"]);
  const isRelaxed = planClass === "relaxed";
  const time = `${random.integer(30, 4000)} ms`;
  const objective = oneOf(isRelaxed ? ["images", "cost", "energy"] : ["devices", "cost", "energy"]);
  const options: [string, string][] = [
    ...(isRelaxed ? [] : [["images", String(random.integer(1, 3000))] as [string, string]]),
    ...(isRelaxed ? [["budget", time] as [string, string]] : []),
    ...(!isRelaxed && planClass !== "best-effort" ? [["deadline", time] as [string, string]] : []),
    ...(now(0.6) ? [["objective", objective] as [string, string]] : []),
    ...(now(0.3) ? [["billing", oneOf(["reserved", "busy"])] as [string, string]] : []),
    ["start", oneOf(["loaded", "loaded", "cold", "warm"])],
    ...(now(0.1) ? [["maxLatency", `${random.integer(3, 40)}ms`] as [string, string]] : []),
    ...(now(0.1) ? [["confidence", oneOf(["0.8", "0.95"])] as [string, string]] : []),
    ...(now(0.06) ? [["pareto", String(random.integer(0, 4))] as [string, string]] : []),
    ...(now(0.15) ? [["maxCost", (random.integer(1, 400) / 1e5).toString()] as [string, string]] : []),
    ...(now(0.1) ? [["maxEnergyJ", String(random.integer(50, 3000))] as [string, string]] : []),
    ...(now(0.1) ? [["maxPowerW", String(random.integer(100, 2000))] as [string, string]] : []),
    ...(now(0.1) ? [["maxSizes", String(random.integer(1, 2))] as [string, string]] : []),
    ...(now(0.1) ? [["miniBatchSize", String(random.integer(1, 9))] as [string, string]] : []),
    ...(now(0.15) ? [["shorterLast", "true"] as [string, string]] : []),
  ];
  const chosen = random.shuffle(DEVICES).slice(0, random.integer(1, 3));
  const rows = chosen.map(({ name }) => ({
    functions: name,
    name,
    count: String(random.integer(1, 6)),
    price_per_hour: String(random.integer(1, 40) / 8),
    ...(now(0.2) && { max_mini_batch_size: String(random.integer(2, 9)) }),
    ...(now(0.2) && { max_uses: String(random.integer(0, 50)) }),
  }));
  const parts = new URLSearchParams([["class", planClass], ...options]);
  for (const row of rows) parts.append("device", JSON.stringify(row));
  const kebab = (key: string) => `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return {
    hash: `#${parts}`,
    args: [
      planClass,
      ...options.flatMap(([key, value]) => (key === "shorterLast" ? [kebab(key)] : [kebab(key), value])),
    ],
    deviceFile: JSON.stringify({
      devices: rows.map(({ functions, name, ...numbers }) => ({
        ...DEVICES.find((device) => device.name === functions),
        name,
        ...Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, Number(value)])),
      })),
    }),
  };
}

/** What `batchwise plan --json` prints in this process, or how it refuses. */
async function printed({ args, deviceFile }: Asked): Promise<string> {
  const file = join(folder, "asked.json");
  writeFileSync(file, deviceFile);
  const { write } = process.stdout;
  let text = "";
  process.stdout.write = (chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  };
  try {
    const command = planCommand();
    for (const each of [command, ...command.commands]) each.exitOverride();
    await command.parseAsync([...args, "--devices", file, "--json"], { from: "user" });
    return text;
  } catch (error) {
    if (error instanceof Error && ["UserError", "UndecidedError"].includes(error.name)) return error.message;
    throw error;
  } finally {
    process.stdout.write = write;
    process.exitCode = undefined;
  }
}

/** What the page says to links, one after the other: its JSON, or how it refuses. */
async function answers(page: Page, hashes: readonly string[]): Promise<string[]> {
  return page.evaluate(async (links) => {
    const { document, location, setTimeout } = globalThis as unknown as {
      readonly document: {
        querySelector(selector: string): {
          textContent: string;
          open: boolean;
          getAttribute(name: string): string;
          setAttribute(name: string, value: string): void;
        };
      };
      readonly location: { hash: string };
      readonly setTimeout: (resolve: () => void, ms: number) => void;
    };
    document.querySelector("#json").open = true;
    const main = document.querySelector("main");
    const said: string[] = [];
    for (const link of links) {
      main.setAttribute("aria-busy", "true");
      location.hash = link;
      do await new Promise<void>((resolve) => setTimeout(resolve, 1));
      while (main.getAttribute("aria-busy") === "true");
      said.push(document.querySelector("#json pre").textContent || document.querySelector("#answer").textContent);
    }
    return said;
  }, hashes);
}

test("the page and the command give the same plan, byte for byte, to 520 random questions", NEEDED, async () => {
  const random = seededRandom(17, "questions");
  const asked = Array.from({ length: 520 }, () => randomQuestion(random));
  const said = await withPage(html, (page) =>
    answers(
      page,
      asked.map(({ hash }) => hash),
    ),
  );
  let plans = 0;
  const solvers = new Set<string>();
  for (const [index, question] of asked.entries()) {
    const expected = await printed(question);
    assert.equal(said[index], expected, `${question.args.join(" ")} ${question.deviceFile}`);
    const [, solver] = /"solver": "([^"]+)"/.exec(expected) ?? [];
    if (solver === undefined) continue;
    plans++;
    solvers.add(solver);
  }
  assert.ok(plans > 280, `${plans} plans`);
  assert.ok(said.filter((text) => /"pareto": \[\s+\{/.test(text)).length > 5, "some have a front");
  const sure = said.filter((text) => /"confidence": \{\s+"probability": [\d.]+,\s+"devices": [2-9]/.test(text));
  assert.ok(sure.length > 5, `${sure.length} with a confidence of several devices together`);
  assert.ok(solvers.size >= 3, `solvers: ${[...solvers].join(", ")}`);
});

/** The page when it has answered. */
async function settled(page: Page): Promise<void> {
  await page.locator("main[aria-busy=false]").waitFor();
}

/** The answer's JSON, which stands in the page once who reads has opened it. */
async function shownJson(page: Page): Promise<string> {
  await page.locator("#json summary").click();
  const text = page.locator("#json pre:not(:empty)");
  await text.waitFor();
  return (await text.textContent()) ?? "";
}

test("what is typed is answered, and a link and the command say the same again", NEEDED, async () => {
  await withPage(
    html,
    async (page) => {
      await settled(page);
      await page.locator("[name=images]").fill("2000");
      await page.locator("[name=time]").fill("2s");
      await page.locator("[name=count]").first().fill("1");
      await settled(page);
      const said = await shownJson(page);
      assert.match(said, /"images": 2000\b/);
      assert.match(page.url(), /%22count%22%3A%221%22/);
      const file = async (label: string, name: string) => {
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          page.getByText(label, { exact: true }).click(),
        ]);
        assert.equal(download.suggestedFilename(), name);
        const path = join(folder, name);
        await download.saveAs(path);
        return readFileSync(path, "utf8");
      };
      assert.equal(await file("Plan (JSON)", "plan.json"), said);
      await file("Device file", "devices.json");
      // What the page says to a shell in the folder of what it gave.
      const line = (await page.locator("#command").textContent()) ?? "";
      const words = spawnSync("sh", ["-c", `printf '%s\\n' ${line}`], { encoding: "utf8" })
        .stdout.trim()
        .split("\n")
        .slice(1);
      const cli = (...more: string[]) =>
        spawnSync(process.execPath, [CLI, ...words, ...more], { encoding: "utf8", cwd: folder }).stdout;
      assert.equal(cli("--json"), said);
      for (const [label, name, format] of [
        ["Integer program (LP)", "plan.lp", "lp"],
        ["Triton", "triton.txt", "triton"],
        ["KServe", "kserve.yaml", "kserve"],
      ] as const) {
        assert.equal(await file(label, name), cli("--export", format), format);
      }
      await page.getByText("Copy as command").click();
      await page.locator("#copied", { hasText: "copied" }).waitFor();
      assert.equal(await page.evaluate("navigator.clipboard.readText()"), line);
      const { hash } = new URL(page.url());
      await withPage(
        html,
        async (other) => {
          await settled(other);
          assert.equal(await shownJson(other), said);
        },
        { hash },
      );
    },
    { permissions: ["clipboard-read", "clipboard-write"] },
  );
});

test("several workloads have a field each, and plans of the same bytes", NEEDED, async () => {
  const random = seededRandom(17, "workloads");
  const functions = (fixed: number) => ({
    latency_ms: table(random, [1, 2, 4, 8], [fixed, 1.5]),
    warmup_ms: table(random, [1, 2, 4, 8], [10 * fixed, 2]),
  });
  const both = {
    name: "both",
    count: 4,
    price_per_hour: 2,
    workloads: { small: functions(2), "it's large": functions(9) },
  };
  const only = { name: "only", count: 3, price_per_hour: 1, workloads: { small: functions(3) } };
  const file = { devices: [both, only] };
  const path = join(folder, "workloads.json");
  writeFileSync(path, JSON.stringify(file));
  const rows = file.devices.map(({ name, count }) => ({ functions: name, name, count: String(count) }));
  const asked = Array.from({ length: 30 }, (): Asked => {
    const workload = ["small", "it's large"].map((name) => `${name}=${random.integer(1, 900)}`);
    const deadline = `${random.integer(60, 900)} ms`;
    const parts = new URLSearchParams([
      ["class", "soft"],
      ["start", "loaded"],
      ["deadline", deadline],
    ]);
    for (const text of workload) parts.append("workload", text);
    for (const row of rows) parts.append("device", JSON.stringify(row));
    const args = ["soft", "--deadline", deadline, ...workload.flatMap((text) => ["--workload", text])];
    return { hash: `#${parts}`, args, deviceFile: JSON.stringify(file) };
  });
  await withPage(plannerHtml({ deviceFile: path }), async (page) => {
    const said = await answers(
      page,
      asked.map(({ hash }) => hash),
    );
    for (const [index, question] of asked.entries()) assert.equal(said[index], await printed(question));
    assert.ok(said.filter((text) => text.includes('"status": "optimal"')).length > 5, "some have a plan");
    const fields = page.locator("[data-field='workloads'] label");
    assert.deepEqual(await fields.allTextContents(), ["Images of small", "Images of it's large"]);
  });
});

test("figures follow the question, and what has none is hidden", NEEDED, async () => {
  await withPage(html, async (page) => {
    const caption = (name: string, text: string) =>
      page.locator(`figure[data-figure='${name}'] figcaption`, { hasText: text }).waitFor();
    await caption("plan-gantt", "Asked: 10000 images within 10 s");
    await caption("deadline-frontier", "Fewest devices that classify 10000 images, by deadline");
    await page.locator("#sensitivity", { hasText: "limited by " }).waitFor();
    await page.locator("[name=images]").fill("500");
    await caption("deadline-frontier", "Fewest devices that classify 500 images, by deadline");
    await page.locator("[name=class]").selectOption("best-effort");
    await page.locator("figure[data-figure='deadline-frontier']").waitFor({ state: "hidden" });
    await caption("plan-gantt", "Asked: 500 images on at most");
    assert.equal(await page.locator("[name=time]").isVisible(), false, "best effort has no deadline");
  });
});

test("what can't be asked is said in the command's words, and mended by the next letter", NEEDED, async () => {
  await withPage(html, async (page) => {
    await settled(page);
    await page.locator("[name=images]").fill("ten");
    await page.locator("#answer.caution", { hasText: '--images "ten": allowed are whole numbers from 1' }).waitFor();
    await page.locator("[name=images]").fill("10");
    await page.locator("#answer:not(.caution)", { hasText: "10 images" }).waitFor();
    await page.locator("[name=count]").first().fill("none");
    await page.locator("#answer.caution", { hasText: 'devices.0.count: "none", allowed are whole numbers' }).waitFor();
    for (const _ of DEVICES) await page.locator(".remove").first().click();
    await page.locator("#answer.caution", { hasText: "devices: allowed is at least one" }).waitFor();
    await page.locator("#add").click();
    await page.locator("#answer:not(.caution)").waitFor();
  });
});

for (const [colorScheme, width] of [
  ["light", 1280],
  ["dark", 400],
] as const) {
  test(`nothing keeps anybody from planning: ${colorScheme}, ${width} px`, NEEDED, async () => {
    const options = { colorScheme, viewport: { width, height: 900 }, bypassCSP: true };
    await withPage(
      html,
      async (page) => {
        await settled(page);
        await page.locator("#limits summary").click();
        await page.locator("#own-numbers summary").click();
        await page.locator("figure[data-figure='mini-batch-by-deadline'] .tools button").first().waitFor();
        for (const figure of await page.locator("figure svg[role=img]").all()) {
          assert.match((await figure.getAttribute("aria-label")) ?? "", /\. .*\d.*\.$/, "it says what is shown");
        }
        await page.evaluate(AXE);
        const { violations } = (await page.evaluate("axe.run()")) as {
          readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
        };
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

test("one's own numbers become a device, pasted or from a file, and a link carries them", NEEDED, async () => {
  const { url, plan } = await withPage(html, async (page) => {
    await settled(page);
    for (const _ of DEVICES) await page.locator(".remove").first().click();
    await page.locator("#own-numbers summary").click();
    await page.locator("[name=table]").fill("batch,latency\n1,5\n8,20");
    await page.getByText("Add as a device").click();
    await page.locator("#own-said.caution", { hasText: "latency without a unit, allowed is --time-unit ms" }).waitFor();
    await page.locator("[name=timeUnit]").selectOption("ms");
    await page.getByText("Add as a device").click();
    await page.locator("#own-said:not(.caution)", { hasText: "added" }).waitFor();
    // 400 images a second and device, which starts warm as nobody said what the first ones take.
    await page.locator("[name=count]").fill("2");
    await page.locator("[name=images]").fill("800");
    await page.locator("[name=time]").fill("1s");
    await page.locator("#answer", { hasText: /^2 devices, 800 images, finished after 1 s; proven optimal/ }).waitFor();
    await settled(page);
    const own = "| batch | latency (ms) | warm-up (ms) |\n|--|--|--|\n| 4 | 8 | 80 |\n";
    await page
      .locator("[name=file]")
      .setInputFiles({ name: "mine.md", mimeType: "text/markdown", buffer: Buffer.from(own) });
    while (!(await page.locator("[name=table]").inputValue()).startsWith("| batch")) await page.evaluate("0");
    await page.getByText("Add as a device").click();
    await page.locator("[name=name]").nth(1).waitFor();
    assert.equal(await page.locator("[name=name]").nth(1).inputValue(), "mine.md");
    await settled(page);
    return { url: page.url(), plan: await page.locator("#answer").textContent() };
  });
  await withPage(
    html,
    async (page) => {
      await settled(page);
      assert.equal(await page.locator("#answer").textContent(), plan);
      assert.equal(await page.locator("[name=start]").inputValue(), "warm");
    },
    { hash: new URL(url).hash },
  );
});

/** Drops a file on the field for one's own numbers, as a browser does; as text, because it runs in the page. */
const DROP = `([name, text]) => {
  const dropped = new DataTransfer();
  dropped.items.add(new File([text], name, { type: "text/csv" }));
  const event = new DragEvent("drop", { dataTransfer: dropped, bubbles: true, cancelable: true });
  if (document.querySelector("[name=table]").dispatchEvent(event)) throw new Error("the page lets the browser open it");
}`;

/** Source of a function that ends once the table has a text: the page allows no code from strings later on. */
const HAS_TEXT = `(text) => new Promise((resolve) => {
  const look = () => (document.querySelector("[name=table]").value === text ? resolve() : requestAnimationFrame(look));
  look();
})`;

test("a file that is dropped gives a plan: a table, perf_analyzer's and Model Analyzer's CSV", NEEDED, async () => {
  const perfAnalyzer =
    "Concurrency,Inferences/Second,Client Send,Network+Server Send/Recv,Server Queue,Server Compute Input," +
    "Server Compute Infer,Server Compute Output,Client Recv,p50 latency,p90 latency,p95 latency,p99 latency\n" +
    "1,1600,20,300,30,40,4000,50,1,5000,5100,5200,5300\n";
  const modelAnalyzer =
    "Model,Batch,Concurrency,Model Config Path,Instance Group,Satisfies Constraints,Throughput (infer/sec),p99 Latency (ms)\n" +
    "m,8,1,m_config,1:GPU,Yes,800,11\n";
  await withPage(html, async (page) => {
    await settled(page);
    await page.locator("#own-numbers summary").click();
    await page.locator("[name=images]").fill("1600");
    await page.locator("[name=time]").fill("1s");
    // By hand: 8 images in 20, 5 and 10 ms are 400, 1,600 and 800 a second.
    for (const [name, text, devices] of [
      ["mine.csv", "batch,latency (ms)\n1,5\n8,20\n", 4],
      ["resnet_bs8.csv", perfAnalyzer, 1],
      ["metrics-model-inference.csv", modelAnalyzer, 2],
    ] as const) {
      while ((await page.locator(".remove").count()) > 0) await page.locator(".remove").first().click();
      await page.evaluate(`(${DROP})(${JSON.stringify([name, text])})`);
      await page.evaluate(`(${HAS_TEXT})(${JSON.stringify(text)})`);
      await page.getByText("Add as a device").click();
      await page.locator("#own-said:not(.caution)", { hasText: "added" }).waitFor();
      assert.equal(await page.locator("[name=name]").inputValue(), name);
      await page.locator("[name=count]").fill("9");
      await page.locator("#answer", { hasText: new RegExp(`^${devices} devices?, 1600 images, `) }).waitFor();
    }
  });
});

test("a notebook's cell plans, too", NEEDED, async () => {
  const entries = readDeviceFile(join(folder, "given.json"));
  await withPage(`<!doctype html>${plannerFrame({ entries })}`, async (page) => {
    const frame = page.frameLocator("iframe");
    await frame.locator("[name=images]").fill("77");
    await frame.locator("#answer", { hasText: "77 images" }).waitFor();
  });
});
