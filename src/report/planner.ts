import { UserError } from "../core/user-error.js";
import { fitDataset } from "../fit/fit-dataset.js";
import { type OfferedFunctions, offeredByEntries, offeredByFits } from "../fleet/given-devices.js";
import type { DeviceEntry } from "../plan/question/device-entry.js";
import { readDeviceFile } from "../plan/question/device-file.js";
import { htmlPage } from "./parts/html-page.js";
import type { Html } from "./parts/html-parts.js";
import { pageFrame } from "./parts/page-frame.js";
import { alikeRows, plannerData, rowOf } from "./parts/planner-data.js";
import { ANSWER_PLACE, plannerParts } from "./parts/planner-parts.js";

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
    body: [
      `<header><h1>${TITLE}</h1>${ANSWER_PLACE}</header>`,
      '<main data-planner aria-busy="true">',
      plannerParts(2),
      "</main>",
    ].join("\n"),
    script: "planner-page.js",
    data: plannerData(offered, "dataset" in source ? alikeRows(offered) : offered.map((each) => rowOf(each))),
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
  if ("dataset" in source) return offeredByFits(fitDataset(source.dataset));
  return offeredByEntries("deviceFile" in source ? readDeviceFile(source.deviceFile) : source.entries);
}
