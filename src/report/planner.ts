import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { escapeHtml } from "../core/text-table.js";
import { UserError } from "../core/user-error.js";
import { STUDY_SIZE_PX } from "../design/study-size.js";
import { PLAN_FIGURES } from "../figures/plan-figures.js";
import { EXAMPLE } from "../fleet/example-plans.js";
import { type OfferedFunctions, offeredByDataset, offeredByEntries } from "../fleet/given-devices.js";
import { THROUGHPUT_UNITS, TIME_UNITS } from "../importing/table/measure-units.js";
import { PLAN_CLASSES } from "../plan/answer/plan-document.js";
import type { DeviceEntry } from "../plan/question/device-entry.js";
import { readDeviceFile } from "../plan/question/device-file.js";
import { STARTS, type Start } from "../plan/question/device-type.js";
import { BILLINGS, OBJECTIVES } from "../plan/question/plan-problem.js";
import { htmlPage } from "./parts/html-page.js";
import type { Html } from "./parts/html-parts.js";
import { pageFrame } from "./parts/page-frame.js";

/** What a planner plans with: a dataset's devices, those of a device file, or entries as one has them. */
export type PlannerSource =
  | { readonly dataset: string }
  | { readonly deviceFile: string }
  | { readonly entries: readonly DeviceEntry[] };

const TITLE = "Batchwise planner";

/**
 * A page of one file that answers what `batchwise plan` answers, while the question is written: with the same code, in
 * the browser. It fetches nothing and sends nothing.
 *
 * @throws UserError if the source does not allow it
 * @example writeFileSync("planner.html", plannerHtml({ deviceFile: "devices.json" }));
 */
export function plannerHtml(source: PlannerSource): string {
  const offered = offeredBy(source);
  if (offered.length === 0) throw new UserError("planner: no device has functions to plan with");
  return htmlPage({
    title: TITLE,
    body: BODY,
    script: "planner-page.js",
    data: {
      "planner-data": {
        offered,
        start: {
          planClass: "soft",
          question: {
            start: startOf(offered),
            images: String(EXAMPLE.images),
            deadline: `${EXAMPLE.deadlineMs / 1000}s`,
          },
          rows: rowsAtFirst(source, offered),
        },
      },
      highs: readFileSync(createRequire(import.meta.url).resolve("highs/runtime")),
      "solver-worker": readFileSync(new URL("../browser/solver-worker.js", import.meta.url)),
    },
  });
}

/** Room for the question and an answer of some devices; a longer one scrolls. */
const FRAME_PX = 900;

/**
 * The page of `plannerHtml` in a frame, for a notebook's cell.
 *
 * @throws UserError as `plannerHtml` does
 * @example display.html(plannerFrame({ dataset: "data/reference-cpu" }));
 */
export function plannerFrame(source: PlannerSource): Html {
  return pageFrame(TITLE, plannerHtml(source), FRAME_PX);
}

function offeredBy(source: PlannerSource): OfferedFunctions[] {
  if ("dataset" in source) return offeredByDataset(source.dataset);
  return offeredByEntries("deviceFile" in source ? readDeviceFile(source.deviceFile) : source.entries);
}

/** All devices of a file; of a dataset so many like its first one, at the study's size if that was measured. */
function rowsAtFirst(source: PlannerSource, offered: readonly OfferedFunctions[]) {
  const first = offered.find(({ label }) => label.includes(`, ${STUDY_SIZE_PX} px,`)) ?? offered[0];
  const chosen = "dataset" in source ? offered.filter((each) => each === first) : offered;
  return chosen.map(({ label, device }) => {
    const { name, count, price_per_hour, max_uses } = device;
    return {
      functions: label,
      name,
      count: String("dataset" in source ? EXAMPLE.devices : count),
      ...(price_per_hour !== undefined && { price_per_hour: String(price_per_hour) }),
      ...(max_uses !== undefined && { max_uses: String(max_uses) }),
    };
  });
}

/** Devices whose first inferences nobody timed start warm. */
function startOf(offered: readonly OfferedFunctions[]): Start {
  return offered.every(({ device }) => "latency_ms" in device && device.warmup_ms === undefined) ? "warm" : "loaded";
}

function field(label: string, control: Html): Html {
  return `<label class="field">${label}${control}</label>`;
}

function input(name: string, hint = ""): Html {
  return `<input name="${name}" autocomplete="off" placeholder="${escapeHtml(hint)}">`;
}

function select(name: string, values: readonly string[], none?: string): Html {
  const options = values.map((value) => `<option value="${value}">${value}</option>`);
  return `<select name="${name}">${none === undefined ? "" : `<option value="">${none}</option>`}${options.join("")}</select>`;
}

const BODY: Html = [
  `<header><h1>${TITLE}</h1><p id="answer" class="answer" role="status">…</p></header>`,
  '<main aria-busy="true">',
  '<section aria-labelledby="question-heading"><h2 id="question-heading">The question</h2><form id="question">',
  '<div class="fields">',
  field("Class", select("class", PLAN_CLASSES)),
  `<span data-field="images">${field("Images", input("images"))}</span>`,
  '<span class="fields" data-field="workloads"></span>',
  `<span data-field="time">${field('<span data-label="time">Deadline</span>', input("time", "10s"))}</span>`,
  field("Objective", select("objective", OBJECTIVES, "of the class")),
  field("Devices start", select("start", STARTS)),
  "</div>",
  '<details id="limits"><summary>Limits and billing</summary><div class="fields">',
  field("Latency, at most", input("maxLatency", "50ms")),
  field("Cost, at most", input("maxCost")),
  field("Energy (J), at most", input("maxEnergyJ")),
  field("Power (W), at most", input("maxPowerW")),
  field("Mini-batch sizes, at most", input("maxSizes")),
  field("The one mini-batch size", input("miniBatchSize")),
  field("Billing", select("billing", BILLINGS, "of the class")),
  '<label class="field">Shorter last mini-batch<input type="checkbox" name="shorterLast"></label>',
  "</div></details></form></section>",
  '<section aria-labelledby="devices-heading"><h2 id="devices-heading">Devices</h2>',
  '<div class="wide" role="region" tabindex="0" aria-label="Table of devices"><table id="devices"><thead><tr>',
  ...[
    ...["Name", "Functions", "Devices", "Price per hour", "Largest mini-batch", "Most further mini-batches", "Change"],
  ].map((head) => `<th scope="col">${head}</th>`),
  "</tr></thead><tbody></tbody></table></div>",
  '<p class="tools"><button type="button" id="add">Add a device</button></p>',
  '<details id="own-numbers"><summary>Your own numbers</summary>',
  "<p>A table of mini-batches with their latency or throughput, and the first inference if it is known: CSV, with tabs, of ",
  "Markdown, or what perf_analyzer and Model Analyzer write. Paste it, drop a file on it, or choose one; it stays here.</p>",
  '<form id="own"><label class="wide-field">Table<textarea name="table" rows="6" spellcheck="false" ',
  `placeholder="batch,latency (ms),warm-up (ms)&#10;1,5.1,90&#10;8,21,120"></textarea></label><div class="fields">`,
  '<label class="field">Or a file<input type="file" name="file" accept=".csv,.tsv,.md,.txt"></label>',
  field("Times without a unit", select("timeUnit", TIME_UNITS, "are not clear")),
  field("Throughput without a unit", select("throughputUnit", THROUGHPUT_UNITS, "is not clear")),
  field("Mini-batch of all rows", input("batch")),
  '<button type="submit">Add as a device</button></div></form><p id="own-said" role="status"></p></details></section>',
  '<section aria-labelledby="plan-heading"><h2 id="plan-heading">The plan</h2><div id="plan-table"></div>',
  '<div id="binding"></div><div id="sensitivity"></div>',
  ...Object.keys(PLAN_FIGURES).map(
    (name) =>
      `<figure data-figure="${name}" hidden><div class="drawing"></div><div class="tools"></div><figcaption></figcaption></figure>`,
  ),
  "</section>",
  '<section aria-labelledby="use-heading"><h2 id="use-heading">Use it</h2>',
  "<p>The same with the command line and the device file:</p>",
  '<pre id="command" tabindex="0"></pre>',
  '<p class="tools"><button type="button" id="copy">Copy as command</button> <span id="copied" role="status"></span></p>',
  '<p class="tools" id="files"></p>',
  '<details id="json"><summary>The plan as JSON</summary><pre tabindex="0"></pre></details></section>',
  "</main>",
].join("\n");
