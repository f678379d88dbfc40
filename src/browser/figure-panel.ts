import { spreadsheetText } from "../core/spreadsheet-text.js";
import type { InteractiveFigure } from "../figures/interactive-figure.js";
import { columnWords } from "./column-words.js";
import { download } from "./download.js";
import { element } from "./element.js";
import { drawFigure, type FigureView } from "./figure-view.js";
import { shown } from "./tooltip.js";

/** Longer tables are for the CSV file. */
const MOST_ROWS = 500;

/** What is drawn where, so that it ends when another figure takes its place. */
const drawn = new WeakMap<HTMLElement, FigureView>();
/** What is to be shown where: of several figures that are drawn at a time the one that was asked for last. */
const asked = new WeakMap<HTMLElement, object>();

/** The places of a figure in its element. */
function placesIn(host: HTMLElement) {
  const [drawing, tools, caption] = [".drawing", ".tools", "figcaption"].map((place) =>
    host.querySelector<HTMLElement>(place),
  );
  if (!drawing || !tools || !caption) throw new Error("figure: it has no place for a drawing, tools and a caption");
  return { drawing, tools, caption };
}

/** Says why there is no figure, in place of what was there. */
export function showNoFigure(host: HTMLElement, reason: string): void {
  const { drawing, tools, caption } = placesIn(host);
  asked.delete(host);
  drawing.replaceChildren(element("p", {}, reason));
  tools.replaceChildren();
  caption.textContent = "";
}

/**
 * Draws a figure into a `figure` element, in place of what was there, with a choice of its series, its files and its
 * data as a table beneath, and its caption. Nothing comes of it if another one is asked for meanwhile.
 *
 * @param host has elements `.drawing`, `.tools` and `figcaption`
 */
export async function showFigure(host: HTMLElement, figure: InteractiveFigure): Promise<void> {
  const { drawing, tools, caption } = placesIn(host);
  asked.set(host, figure);
  const picture = element("div", {});
  const choice = seriesChoice(figure.series?.values ?? []);
  const view = await drawFigure(picture, figure, (clicked) => {
    choice.value = choice.value === clicked ? "" : clicked;
    isolate();
  });
  if (asked.get(host) !== figure) {
    view.end();
    return;
  }
  drawn.get(drawing)?.end();
  drawn.set(drawing, view);
  drawing.replaceChildren(picture);
  caption.textContent = figure.caption;
  const isolate = () => view.isolate(choice.value === "" ? undefined : choice.value);
  choice.addEventListener("change", isolate);
  const { name } = figure;
  const file = (label: string, make: () => Promise<Blob | string>, type: string) => {
    const button = element("button", { type: "button", title: `Download ${name}.${label.toLowerCase()}` }, label);
    button.addEventListener("click", async () => download(`${name}.${label.toLowerCase()}`, await make(), type));
    return button;
  };
  tools.replaceChildren(
    ...(figure.series === undefined ? [] : [element("label", {}, "Series ", choice)]),
    file("SVG", () => view.svg(), "image/svg+xml"),
    file("PNG", () => view.png(), "image/png"),
    file("CSV", async () => csvOf(figure), "text/csv"),
    dataTable(figure),
  );
}

function seriesChoice(series: readonly string[]): HTMLSelectElement {
  return element(
    "select",
    {},
    element("option", { value: "" }, "all"),
    ...series.map((value) => element("option", { value }, value)),
  );
}

function csvOf({ columns, rows }: InteractiveFigure): string {
  const cell = (value: string | number | null) => {
    const text = typeof value === "string" ? spreadsheetText(value) : String(value ?? "");
    return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows].map((row) => `${row.map(cell).join(",")}\n`).join("");
}

/** The data, made when it is opened. */
function dataTable({ columns, rows, title }: InteractiveFigure): HTMLElement {
  const details = element("details", {}, element("summary", {}, "Data"));
  details.addEventListener(
    "toggle",
    () => {
      const head = element("tr", {}, ...columns.map((column) => element("th", { scope: "col" }, columnWords(column))));
      const body = rows
        .slice(0, MOST_ROWS)
        .map((row) => element("tr", {}, ...row.map((value) => element("td", {}, value === null ? "" : shown(value)))));
      const left = rows.length - body.length;
      const region = { class: "wide", role: "region", tabindex: "0", "aria-label": `Data: ${title}` };
      details.append(
        element("div", region, element("table", {}, element("thead", {}, head), element("tbody", {}, ...body))),
        ...(left > 0 ? [element("p", {}, `${left} more rows stand in the CSV file.`)] : []),
      );
    },
    { once: true },
  );
  return details;
}
