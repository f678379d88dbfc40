import { type Item, parse, type Spec, View } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import type { InteractiveFigure } from "../figures/interactive-figure.js";
import { showTooltip } from "./tooltip.js";

/** What Vega keeps with each element of an SVG that it draws. */
interface DrawnElement extends SVGElement {
  readonly __data__?: Item | readonly Item[];
}

const DIMMED = "0.08";
const PNG_SCALE = 3;

/** A figure that is drawn, and what can be done with it. */
export interface FigureView {
  /** Dims all series but one; undefined shows all. */
  isolate(value: string | undefined): void;
  svg(): Promise<string>;
  png(): Promise<Blob>;
  end(): void;
}

/**
 * Draws a figure into an element, with tooltips of its data; a click on an entry of the legend isolates a series.
 *
 * Expressions are interpreted, not compiled, so that a page may forbid eval.
 *
 * @param onLegend is told which series was clicked
 */
export async function drawFigure(
  host: HTMLElement,
  { spec, description, series }: InteractiveFigure,
  onLegend: (value: string) => void,
): Promise<FigureView> {
  const view = new View(parse(spec as Spec, undefined, { ast: true }), {
    expr: expressionInterpreter,
    renderer: "svg",
    container: host,
    hover: false,
    tooltip: (_view, event, _item, value) => showTooltip(event as MouseEvent, value),
  });
  await view.runAsync();
  const svg = host.querySelector("svg");
  svg?.setAttribute("role", "img");
  svg?.setAttribute("aria-label", description);
  // The picture speaks as a whole, and its table for each mark.
  for (const mark of svg?.querySelectorAll("[role], [aria-roledescription]") ?? []) {
    for (const name of ["role", "aria-label", "aria-roledescription"]) mark.removeAttribute(name);
  }
  for (const part of host.querySelectorAll<DrawnElement>(".role-legend-symbol path, .role-legend-label text")) {
    // Vega lets the pointer through legends.
    part.style.pointerEvents = "all";
    part.style.cursor = "pointer";
    part.addEventListener("click", () => onLegend(String(datumOf(part).value)));
  }
  return {
    isolate: (value) => series && dimAllBut(host, series.column, value),
    svg: () => view.toSVG(),
    png: async () => {
      const canvas = await view.toCanvas(PNG_SCALE);
      return await new Promise((resolve, reject) =>
        canvas.toBlob((blob) => (blob === null ? reject(new Error("no PNG was made")) : resolve(blob))),
      );
    },
    end: () => view.finalize(),
  };
}

function dimAllBut(host: HTMLElement, column: string, value: string | undefined): void {
  for (const element of host.querySelectorAll<DrawnElement>(".role-mark path, .role-mark line")) {
    const own = datumOf(element)[column];
    const isOther = value !== undefined && own !== undefined && String(own) !== value;
    element.style.opacity = isOther ? DIMMED : "";
  }
}

/** What an element stands for; the first of its points where it is a line. */
function datumOf({ __data__: items }: DrawnElement): Readonly<Record<string, unknown>> {
  const [item] = [items].flat();
  return (item?.datum ?? {}) as Readonly<Record<string, unknown>>;
}
