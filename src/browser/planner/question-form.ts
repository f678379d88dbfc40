import type { WrittenQuestion } from "../../fleet/written-question.js";
import { PLAN_CLASSES, type PlanClass } from "../../plan/answer/plan-document.js";
import { element } from "../element.js";
import { OPTIONS_OF_CLASS } from "./planner-state.js";

/** Controls whose names are not those of the options of `batchwise plan`. */
const OWN = new Set(["class", "time", "shorterLast"]);
const WORKLOAD = "workload:";

/** What a form asks. What is left empty is not asked. */
export function readForm(form: HTMLFormElement): { readonly planClass: PlanClass; readonly question: WrittenQuestion } {
  const values = new FormData(form);
  const text = (name: string) => String(values.get(name) ?? "").trim();
  const planClass = PLAN_CLASSES.find((name) => name === text("class")) ?? "soft";
  const given = [...values.keys()].filter((name) => text(name) !== "");
  const workload = given.flatMap((name) =>
    name.startsWith(WORKLOAD) ? [`${name.slice(WORKLOAD.length)}=${text(name)}`] : [],
  );
  const timeOption = OPTIONS_OF_CLASS[planClass].find((name) => name !== "images");
  const options = given.filter(
    (name) => !OWN.has(name) && !name.startsWith(WORKLOAD) && !(name === "images" && planClass === "relaxed"),
  );
  return {
    planClass,
    question: {
      start: "loaded",
      ...(text("time") !== "" && timeOption !== undefined && { [timeOption]: text("time") }),
      ...(workload.length > 0 && { workload }),
      ...Object.fromEntries(options.map((name) => [name, text(name)])),
      ...(values.has("shorterLast") && { shorterLast: true }),
    },
  };
}

/** Writes a question into a form, and shows the fields that its class has. */
export function writeForm(form: HTMLFormElement, planClass: PlanClass, question: WrittenQuestion): void {
  const { budget, deadline, shorterLast, workload = [], ...options } = question;
  const values: Readonly<Record<string, string | undefined>> = {
    ...options,
    class: planClass,
    time: budget ?? deadline,
    ...Object.fromEntries(
      workload.map((text) => {
        const at = text.indexOf("=");
        return [`${WORKLOAD}${text.slice(0, at)}`, text.slice(at + 1)];
      }),
    ),
  };
  for (const control of form.elements) {
    if (control instanceof HTMLInputElement && control.type === "checkbox") control.checked = shorterLast === true;
    else if (control instanceof HTMLInputElement || control instanceof HTMLSelectElement) {
      control.value = values[control.name] ?? "";
    }
  }
  showFields(form, planClass);
}

/** A relaxed plan needs no images, and its time is a budget; best effort has none. */
export function showFields(form: HTMLFormElement, planClass: PlanClass): void {
  const isRelaxed = planClass === "relaxed";
  const hasWorkloads = form.querySelector(`[name^='${WORKLOAD}']`) !== null;
  const images = form.querySelector<HTMLElement>("[data-field='images']");
  if (images !== null) images.hidden = isRelaxed || hasWorkloads;
  const time = form.querySelector<HTMLElement>("[data-field='time']");
  if (time !== null) time.hidden = planClass === "best-effort";
  const label = form.querySelector("[data-label='time']");
  if (label !== null) label.textContent = isRelaxed ? "Budget" : "Deadline";
}

/** Fields for the images of each of several workloads, in place of those that were there. */
export function showWorkloads(form: HTMLFormElement, names: readonly string[]): void {
  const host = form.querySelector<HTMLElement>("[data-field='workloads']");
  if (host === null) return;
  const shown = [...host.querySelectorAll<HTMLInputElement>("input")].map(({ name }) => name.slice(WORKLOAD.length));
  if (JSON.stringify(shown) === JSON.stringify(names)) return;
  host.replaceChildren(
    ...names.map((name) =>
      element(
        "label",
        { class: "field" },
        `Images of ${name}`,
        element("input", { name: `${WORKLOAD}${name}`, inputmode: "numeric", autocomplete: "off" }),
      ),
    ),
  );
}
