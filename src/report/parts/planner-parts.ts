import { escapeHtml } from "../../core/text-table.js";
import { PLAN_FIGURES } from "../../figures/plan-figures.js";
import { THROUGHPUT_UNITS, TIME_UNITS } from "../../importing/table/measure-units.js";
import { PLAN_CLASSES } from "../../plan/answer/plan-document.js";
import { STARTS } from "../../plan/question/device-type.js";
import { BILLINGS, OBJECTIVES } from "../../plan/question/plan-problem.js";
import type { Html } from "./html-parts.js";

/** Where the answer of a planner is said, in a sentence. */
export const ANSWER_PLACE: Html = '<p id="answer" class="answer" role="status">…</p>';

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

/**
 * What a planner shows beside its answer: question, devices, plan, and what can be done with it. A page has it once.
 *
 * @param level of the headings of its parts
 */
export function plannerParts(level: 2 | 3): Html {
  const part = (id: string, title: string) =>
    `<section aria-labelledby="${id}-heading"><h${level} id="${id}-heading">${title}</h${level}>`;
  return [
    part("question", "The question"),
    '<form id="question">',
    '<div class="fields">',
    field("Class", select("class", PLAN_CLASSES)),
    `<span data-field="images">${field("Images", input("images"))}</span>`,
    '<span class="fields" data-field="workloads"></span>',
    `<span data-field="time">${field('<span data-label="time">Deadline</span>', input("time", "10s"))}</span>`,
    field("Objective", select("objective", OBJECTIVES, "of the class")),
    field("Devices start", select("start", STARTS)),
    field("Confidence of all devices", input("confidence", "0.95")),
    "</div>",
    '<details id="limits"><summary>Limits and billing</summary><div class="fields">',
    field("Latency, at most", input("maxLatency", "50ms")),
    field("Cost, at most", input("maxCost")),
    field("Energy (J), at most", input("maxEnergyJ")),
    field("Power (W), at most", input("maxPowerW")),
    field("Mini-batch sizes, at most", input("maxSizes")),
    field("The one mini-batch size", input("miniBatchSize")),
    field("Billing", select("billing", BILLINGS, "of the class")),
    field("Cost by deadline, points", input("pareto", "8")),
    '<label class="field">Shorter last mini-batch<input type="checkbox" name="shorterLast"></label>',
    "</div></details></form></section>",
    part("devices", "Devices"),
    '<div class="wide" role="region" tabindex="0" aria-label="Table of devices"><table id="devices"><thead><tr>',
    ...[
      ...[
        "Name",
        "Functions",
        "Devices",
        "Price per hour",
        "Largest mini-batch",
        "Most further mini-batches",
        "Change",
      ],
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
    part("plan", "The plan"),
    '<div id="plan-table"></div>',
    '<div id="binding"></div><div id="sensitivity"></div><div id="front"></div>',
    ...Object.keys(PLAN_FIGURES).map(
      (name) =>
        `<figure data-figure="${name}" hidden><div class="drawing"></div><div class="tools"></div><figcaption></figcaption></figure>`,
    ),
    "</section>",
    part("use", "Use it"),
    "<p>The same with the command line and the device file:</p>",
    '<pre id="command" tabindex="0"></pre>',
    '<p class="tools"><button type="button" id="copy">Copy as command</button> <span id="copied" role="status"></span></p>',
    '<p class="tools" id="files"></p>',
    '<details id="json"><summary>The plan as JSON</summary><pre tabindex="0"></pre></details></section>',
  ].join("\n");
}
