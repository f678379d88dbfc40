import type { TextTable } from "../../core/text-table.js";
import { bindingLine } from "../../fleet/answered-plan.js";
import { timesOf } from "../../fleet/plan-fleet.js";
import { infeasibleSentences, planSentence } from "../../plan/answer/plan-sentences.js";
import { planTable } from "../../plan/answer/plan-table.js";
import { frontTable } from "../../plan/explore/pareto-front.js";
import { element } from "../element.js";
import type { PageAnswer } from "./live-answer.js";

const FRONT = "The least cost by deadline: no plan beats one of these in both";

/** Longer tables are for the plan's JSON. */
const MOST_ROWS = 200;

/** Where an answer is shown. */
export interface AnswerPlaces {
  readonly sentence: HTMLElement;
  readonly plan: HTMLElement;
  readonly binding: HTMLElement;
  readonly front: HTMLElement;
}

/** Shows an answer, or what is wrong with the question. */
export function showAnswer({ sentence, plan, binding, front }: AnswerPlaces, answer: PageAnswer): void {
  sentence.classList.toggle("caution", "refused" in answer);
  if ("refused" in answer) {
    sentence.textContent = answer.refused;
    plan.replaceChildren();
    binding.replaceChildren();
    front.replaceChildren();
    return;
  }
  const { answered } = answer;
  const { outcome, problem, notes } = answered.plan;
  const isInfeasible = outcome.status === "infeasible";
  sentence.textContent = isInfeasible
    ? infeasibleSentences(outcome).join("; ")
    : planSentence(outcome, problem.objective, timesOf(answered.asked.question));
  plan.replaceChildren(...(isInfeasible ? [] : [tableOf(planTable(outcome), "Table of the plan")]));
  front.replaceChildren(
    ...(answered.front === undefined ? [] : [tableOf(frontTable(answered.front), "Table of costs by deadline", FRONT)]),
  );
  showList(binding, [...answered.binding.map(bindingLine), ...notes]);
}

/** Lines as a list in place of what was there. */
export function showList(host: HTMLElement, lines: readonly string[]): void {
  host.replaceChildren(
    ...(lines.length === 0 ? [] : [element("ul", {}, ...lines.map((line) => element("li", {}, line)))]),
  );
}

function tableOf({ columns, values }: TextTable, label: string, caption?: string): HTMLElement {
  const isNumber = (column: number) => typeof values[0]?.[column] === "number" || columns[column]?.startsWith("finish");
  const kind = (column: number): Record<string, string> => (isNumber(column) ? { class: "number" } : {});
  const head = columns.map((text, column) => element("th", { scope: "col", ...kind(column) }, text));
  const rows = values
    .slice(0, MOST_ROWS)
    .map((row) => element("tr", {}, ...row.map((cell, column) => element("td", kind(column), String(cell)))));
  const left = values.length - rows.length;
  return element(
    "div",
    { class: "wide", role: "region", tabindex: "0", "aria-label": label },
    element(
      "table",
      {},
      ...(caption === undefined ? [] : [element("caption", {}, caption)]),
      element("thead", {}, element("tr", {}, ...head)),
      element("tbody", {}, ...rows),
    ),
    ...(left > 0 ? [element("p", {}, `${left} more rows stand in the plan's JSON.`)] : []),
  );
}
