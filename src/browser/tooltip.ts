import { columnWords } from "./column-words.js";
import { element } from "./element.js";

/** Columns that only place a mark say nothing to a reader. */
const HIDDEN = new Set(["place", "series"]);

/** Shows what a mark stands for beside the pointer: the names of its columns and their values. */
export function showTooltip(event: MouseEvent, value: unknown): void {
  const tooltip = document.getElementById("tooltip") ?? newTooltip();
  if (typeof value !== "object" || value === null) {
    tooltip.hidden = true;
    return;
  }
  const rows = Object.entries(value)
    .filter(([name, cell]) => !HIDDEN.has(name) && !name.startsWith("_") && typeof cell !== "object")
    .map(([name, cell]) => element("tr", {}, element("th", {}, columnWords(name)), element("td", {}, shown(cell))));
  tooltip.replaceChildren(element("table", {}, ...rows));
  tooltip.hidden = false;
  const { offsetWidth, offsetHeight } = tooltip;
  const { scrollX, scrollY, innerWidth, innerHeight } = window;
  const left = Math.max(0, Math.min(event.clientX + 14, innerWidth - offsetWidth - 14));
  const top = event.clientY + 14 + offsetHeight > innerHeight ? event.clientY - 14 - offsetHeight : event.clientY + 14;
  tooltip.style.left = `${left + scrollX}px`;
  tooltip.style.top = `${Math.max(0, top) + scrollY}px`;
}

/** A number as readers write it; a text as it is. */
export function shown(cell: unknown): string {
  return typeof cell === "number" ? Number(cell.toPrecision(4)).toLocaleString() : String(cell);
}

function newTooltip(): HTMLElement {
  // What it says stands in the figure's table, too.
  const tooltip = element("div", { id: "tooltip", hidden: "", "aria-hidden": "true" });
  document.body.append(tooltip);
  return tooltip;
}
