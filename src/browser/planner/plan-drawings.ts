import { figuresOfPlan } from "../../figures/figures-of-plan.js";
import { interactiveFigure, PAGE_THEME } from "../../figures/interactive-figure.js";
import { showFigure } from "../figure-panel.js";
import type { PageAnswer } from "./live-answer.js";

/**
 * Draws the figures of an answer in their places; a place without a figure is hidden.
 *
 * @param goesOn says whether the answer is still looked at
 */
export async function drawPlan(
  places: Iterable<HTMLElement>,
  answer: PageAnswer,
  goesOn: () => boolean,
): Promise<void> {
  await document.fonts.load("12px 'Source Sans 3'");
  const figures = "refused" in answer ? [] : figuresOfPlan(answer.answered.plan);
  for (const place of places) {
    if (!goesOn()) return;
    const figure = figures.find(({ name }) => name === place.dataset.figure);
    place.hidden = figure === undefined;
    if (figure === undefined) continue;
    const { interactive } = await interactiveFigure(figure, PAGE_THEME);
    if (!goesOn()) return;
    await showFigure(place, interactive);
  }
}
