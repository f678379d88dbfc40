import { UserError } from "../../core/user-error.js";
import { planArguments, shellLine } from "../../fleet/plan-arguments.js";
import { UndecidedError } from "../../plan/answer/undecided-error.js";
import { limitedBy, sensitivityOf } from "../../plan/explore/sensitivity.js";
import { download } from "../download.js";
import { element } from "../element.js";
import { embeddedData } from "../embedded-data.js";
import { showAnswer, showList } from "./answer-view.js";
import { freeName, readRows, showRows } from "./device-table.js";
import { answerTo, latestOnly, type PageAnswer } from "./live-answer.js";
import { readOwnNumbers } from "./own-numbers.js";
import { drawPlan } from "./plan-drawings.js";
import { PLAN_FILES } from "./plan-files.js";
import {
  deviceFileOf,
  hashOf,
  type PlannerData,
  type PlannerState,
  stateOfHash,
  workloadsOf,
} from "./planner-state.js";
import { readForm, showFields, showWorkloads, writeForm } from "./question-form.js";

/** Who types is shown plans; what takes longer to tell of them, and figures, when nothing was typed for so long. */
const LEFT_ALONE_MS = 200;

/** What more of each limit would buy is searched for so long. */
const SENSITIVITY_MS = 2000;

function place<Kind extends HTMLElement>(selector: string): Kind {
  const found = document.querySelector<Kind>(selector);
  if (found === null) throw new Error(`page: it has no ${selector}`);
  return found;
}

/** Whether the page's address carries a question. */
export function isAsked(): boolean {
  return stateOfHash(location.hash) !== undefined;
}

/** The element of the page that has a planner in it, of which there is one at most. */
export function plannerPlace(): HTMLElement | null {
  return document.querySelector("[data-planner]");
}

/** Starts the planner: what its form asks is answered while it is written, by the code that `batchwise plan` runs. */
export async function startPlanner(planner: HTMLElement): Promise<void> {
  const { offered, start: atFirst } = await embeddedData<PlannerData>("planner-data");
  const form = place<HTMLFormElement>("#question");
  const body = place("#devices tbody");
  const places = {
    sentence: place("#answer"),
    plan: place("#plan-table"),
    binding: place("#binding"),
    front: place("#front"),
  };
  const shownState = (): PlannerState => ({ ...readForm(form), rows: readRows(body) });
  let shown: PageAnswer | undefined;

  const answerLatest = latestOnly<PlannerState>(async (state, { isNewest, lasts }) => {
    const deviceFile = `${JSON.stringify(deviceFileOf(state.rows, offered), null, 2)}\n`;
    const answer = await answered(state, deviceFile);
    if (!isNewest()) return;
    shown = answer;
    showAnswer(places, answer);
    place("#command").textContent =
      `batchwise ${shellLine(planArguments(state.planClass, state.question, "devices.json"))}`;
    showJson();
    planner.dataset.answered = hashOf(state);
    planner.setAttribute("aria-busy", "false");
    if (!(await lasts(LEFT_ALONE_MS))) return;
    const more = await whatMoreBuys(answer);
    if (!isNewest()) return;
    showList(place("#sensitivity"), more);
    await drawPlan(planner.querySelectorAll<HTMLElement>("figure"), answer, isNewest);
  });
  /** From the moment of asking the page is busy, also while it still leaves the question before. */
  const ask = (state: PlannerState) => {
    planner.setAttribute("aria-busy", "true");
    answerLatest(state);
  };
  const showJson = () => {
    const details = place<HTMLDetailsElement>("#json");
    const text = shown !== undefined && "json" in shown && details.open ? shown.json : "";
    place("#json pre").textContent = text;
  };
  const show = ({ planClass, question, rows }: PlannerState) => {
    showWorkloads(form, workloadsOf(rows, offered));
    writeForm(form, planClass, question);
    showRows(body, rows, offered);
  };
  /** What the reader changed: a link has it, too, and no entry of the history for each letter. */
  const changed = () => {
    const state = shownState();
    showWorkloads(form, workloadsOf(state.rows, offered));
    showFields(form, state.planClass);
    writeLink(hashOf(shownState()));
    ask(shownState());
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    const { target } = event;
    const isNamed = target instanceof HTMLSelectElement || target instanceof HTMLInputElement;
    if (isNamed && ["class", "confidence"].includes(target.name)) {
      const { planClass, question } = readForm(form);
      const takesWorst = planClass === "hard" && question.confidence === undefined;
      const rows = readRows(body).map((row) => ({ ...row, functions: forClass(row.functions, takesWorst) }));
      showRows(body, rows, offered);
    }
    changed();
  });
  body.addEventListener("input", changed);
  body.addEventListener("click", ({ target }) => {
    if (!(target instanceof HTMLElement) || !target.matches(".remove")) return;
    target.closest("tr")?.remove();
    place("#add").focus();
    changed();
  });
  place("#add").addEventListener("click", () => {
    const rows = readRows(body);
    const [first] = offered;
    if (first === undefined) return;
    const added = { functions: first.label, name: freeName(first.device.name, rows), count: "1" };
    showRows(body, [...rows, added], offered);
    changed();
  });
  /**
   * A hard plan takes the worst that was observed unless a confidence is asked for, others the mean, where the page has
   * both.
   */
  const forClass = (functions: PlannerState["rows"][number]["functions"], takesWorst: boolean) =>
    takesWorst
      ? (offered.find(({ label }) => label === functions)?.worst ?? functions)
      : (offered.find(({ worst }) => worst === functions)?.label ?? functions);
  readOwnNumbers(place("#own"), place("#own-said"), ({ functions }, name) => {
    const rows = readRows(body);
    showRows(body, [...rows, { functions, name: freeName(name, rows), count: "1" }], offered);
    // Of devices whose first inferences nobody timed a plan takes none for slower than the others.
    const state = form.querySelector<HTMLSelectElement>("[name='start']");
    if (state !== null && functions.warmup_ms === undefined) state.value = "warm";
    changed();
  });
  place("#json").addEventListener("toggle", showJson);
  place("#copy").addEventListener("click", async () => {
    const command = place("#command");
    try {
      await navigator.clipboard.writeText(command.textContent ?? "");
      place("#copied").textContent = "copied";
    } catch {
      // Frames may not write there: then the reader does.
      getSelection()?.selectAllChildren(command);
      place("#copied").textContent = "selected, copy it";
    }
  });
  place("#files").append(
    ...PLAN_FILES.map(({ label, name, type, content }) => {
      const button = element("button", { type: "button" }, label);
      button.addEventListener("click", () => {
        const text = shown === undefined || "refused" in shown ? undefined : content(shown);
        if (text !== undefined) download(name, text, type);
      });
      return button;
    }),
  );
  window.addEventListener("hashchange", () => {
    const state = stateOfHash(location.hash);
    if (state === undefined) return;
    show(state);
    ask(state);
  });
  show(stateOfHash(location.hash) ?? atFirst);
  ask(stateOfHash(location.hash) ?? shownState());
}

function writeLink(hash: string): void {
  try {
    history.replaceState(null, "", hash);
  } catch {
    // A frame in a notebook has no address of its own.
  }
}

async function answered(state: PlannerState, deviceFile: string): Promise<PageAnswer> {
  try {
    return await answerTo(state, deviceFile);
  } catch (error) {
    if (error instanceof UserError || error instanceof UndecidedError) return { refused: error.message };
    return { refused: `not answered: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** What limits a plan, and what more of it would buy. */
async function whatMoreBuys(answer: PageAnswer): Promise<string[]> {
  if ("refused" in answer || answer.answered.plan.outcome.status === "infeasible") return [];
  const { problem, outcome } = answer.answered.plan;
  try {
    const { binding, relaxations } = await sensitivityOf(problem, outcome, { limitMs: SENSITIVITY_MS });
    return [limitedBy(binding), ...relaxations.map(({ change, buys }) => `${change}: ${buys}`)];
  } catch {
    return []; // a newer question ended it
  }
}
