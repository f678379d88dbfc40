// How long the planner takes from a letter to its answer in Chromium: 1,000 devices of four types, the deadline typed
// anew each time.
// Run: npm run bench:planner -- [--answers 50] [--json]
import { Command } from "commander";
import { quantile, sorted } from "../src/core/statistics.js";
import type { DeviceEntry } from "../src/plan/question/device-entry.js";
import { plannerHtml } from "../src/report/planner.js";
import { withPage } from "../test/report/opened-page.js";
import { benchOptions, whole } from "./bench-options.js";

interface Options {
  readonly answers: number;
  readonly json?: boolean;
}

const program = new Command("bench:planner")
  .option("--answers <number>", "of each question, with another deadline each", whole(), 50)
  .option("--json", "print one JSON object");
const { answers, json } = benchOptions<Options>(program);

const MINI_BATCHES = Array.from({ length: 64 }, (_, index) => index + 1);
const entries = [1, 2, 3, 4].map((type): DeviceEntry => {
  const table = (fixed: number, each: number) =>
    Object.fromEntries(MINI_BATCHES.map((size) => [size, fixed + each * size]));
  const source = {
    latency_ms: table(4 * type, 6 / type),
    warmup_ms: table(200 * type, 6 / type),
    energy_per_mini_batch_j: table(type, 0.5),
  };
  return { name: `type ${type}`, count: 250, maxUses: Number.POSITIVE_INFINITY, pricePerHour: type, source };
});

/** What the page is asked: by the objective, of so many images. */
const QUESTIONS = ["devices", "cost", "energy"].map((objective) => ({ objective, images: 1_000_000 }));

interface Answered {
  readonly objective: string;
  readonly devices: number;
  readonly medianMs: number;
  readonly p95Ms: number;
}

/** Types a deadline, and waits until the page shows its answer; as text, because it runs in the page. */
const ANSWER_TO = `async (deadline) => {
  const main = document.querySelector("main");
  const field = document.querySelector("[name=time]");
  const begin = performance.now();
  await new Promise((resolve) => {
    let isAsked = false;
    const observer = new MutationObserver(() => {
      if (main.getAttribute("aria-busy") === "true") isAsked = true;
      else if (isAsked || main.dataset.answered.includes(encodeURIComponent(deadline).replace("%20", "+"))) {
        observer.disconnect();
        resolve();
      }
    });
    observer.observe(main, { attributes: true });
    field.value = deadline;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  return performance.now() - begin;
}`;

const answered = await withPage(plannerHtml({ entries }), async (page) => {
  const all: Answered[] = [];
  await page.locator("main[aria-busy=false]").waitFor();
  for (const { objective, images } of QUESTIONS) {
    await page.locator("[name=objective]").selectOption(objective);
    await page.locator("[name=images]").fill(String(images));
    const ms: number[] = [];
    let said = "";
    for (let index = 0; index < answers; index++) {
      await page.locator("main[aria-busy=false]").waitFor();
      ms.push(Number(await page.evaluate(`(${ANSWER_TO})("${20_000 + 10 * index} ms")`)));
      said = (await page.locator("#answer").textContent()) ?? "";
    }
    const times = sorted(ms);
    all.push({
      objective,
      devices: Number(/^(\d+) device/.exec(said)?.[1] ?? Number.NaN),
      medianMs: quantile(times, 0.5),
      p95Ms: quantile(times, 0.95),
    });
  }
  return all;
});

process.stdout.write(
  json
    ? `${JSON.stringify(answered, null, 2)}\n`
    : answered
        .map(
          ({ objective, devices, medianMs, p95Ms }) =>
            `${objective}: ${devices} devices after ${medianMs.toFixed(1)} ms (median), ${p95Ms.toFixed(1)} ms (95 %)\n`,
        )
        .join(""),
);
