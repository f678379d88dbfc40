import { type Html, paragraph } from "../parts/html-parts.js";
import { ANSWER_PLACE, plannerParts } from "../parts/planner-parts.js";

/** Where a reader asks something else: the planner. */
export function plannerSection(): Html {
  return [
    paragraph("Answered here, in the page, while it is written; nothing is sent anywhere."),
    '<div data-planner aria-busy="true">',
    ANSWER_PLACE,
    plannerParts(3),
    "</div>",
  ].join("");
}
