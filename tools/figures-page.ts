import { join } from "node:path";
import { compareDatasets } from "../src/compare/compare-datasets.js";
import { PACKAGE_ROOT } from "../src/core/package-root.js";
import { readPart } from "../src/dataset/part-file.js";
import { readTrials } from "../src/dataset/read-trials.js";
import { executionsTable } from "../src/dataset/tables.js";
import { captionOf } from "../src/figures/caption.js";
import type { Figure } from "../src/figures/figure.js";
import { FIGURES, type FigureName } from "../src/figures/figure-registry.js";
import { figuresOfDataset } from "../src/figures/figures-of-dataset.js";
import { figuresOfPlan } from "../src/figures/figures-of-plan.js";
import { hostsFigure } from "../src/figures/hosts-figure.js";
import { hostLevels } from "../src/fit/host-levels.js";
import { datasetFleet } from "../src/fleet/fleet.js";
import { planFleet } from "../src/fleet/plan-fleet.js";
import { analyseDataset, type DatasetAnalysis } from "../src/rank/dataset-analysis.js";

const REFERENCE = join(PACKAGE_ROOT, "data", "reference-cpu");
const STAGGERED = join(PACKAGE_ROOT, "data", "reference-staggered");
/** The plan that is drawn: the one of the README. */
const ASKED = { images: 10_000, timeMs: 10_000, devices: 32, inputSizePx: 224 };

/**
 * Every figure: those of the reference dataset, of a plan from it, of its comparison with another one, and of executed
 * plans.
 *
 * @param only of the figures of the dataset; default: all of them
 * @param analysis of the reference dataset; default: a new one
 */
export async function pageFigures(
  only?: readonly FigureName[],
  analysis: DatasetAnalysis = analyseDataset(REFERENCE),
): Promise<Figure[]> {
  const { figures } = await figuresOfDataset(analysis, only && { only });
  const place = figures.findIndex(({ name }) => name === "largest-mini-batch") + 1;
  const { inputSizePx, images, timeMs } = ASKED;
  const fleet = datasetFleet(REFERENCE, { count: ASKED.devices, inputSizePx });
  const { problem, outcome } = await planFleet({ planClass: "soft", fleet, images, timeMs });
  const error = fleet.latencyError?.();
  const compared = await compareDatasets({ folder: REFERENCE }, { folder: join(PACKAGE_ROOT, "data", "other-host") });
  const executed = readPart(STAGGERED, executionsTable);
  return [
    ...figures.slice(0, place),
    ...bothHosts(),
    ...figures.slice(place),
    ...figuresOfPlan({ problem, outcome, ...(error !== undefined && { error }) }),
    FIGURES.comparison.comparison(compared),
    { ...FIGURES.executions.calibration(executed), source: "Dataset reference-staggered." },
  ];
}

/** The reference dataset is of one host: beside it that of another one. */
function bothHosts(): Figure[] {
  const levels = hostLevels([...readTrials(REFERENCE), ...readTrials(STAGGERED)]);
  const figure = hostsFigure(levels);
  return figure === undefined ? [] : [{ ...figure, source: "Datasets reference-cpu and reference-staggered." }];
}

/** docs/figures.md: every figure with its caption, and what was looked at. */
export function figuresPage(figures: readonly Figure[]): string {
  return `# Figures

Every figure of Batchwise with its caption, as \`captions.md\` and \`captions.tex\` have it beside the files. Those of a
dataset:

    npm run batchwise -- figures data/reference-cpu
    npm run batchwise -- figures data/reference-cpu --only fitted-law --size 160 --quantity warmup

\`--only\` names figures, \`--device\` the device, \`--size\` the input size of those that show one, \`--quantity\` what the fitted
law and the fitted lines are of. \`plan --figures DIR\` draws a plan, \`compare --figures DIR\` a comparison,
\`execute --report DATASET --figures DIR\` executed plans. Each is written as SVG (with the letters that it uses of its font,
so that any browser shows it as it was laid out), PDF (fonts embedded), PNG (300 dpi), Vega-Lite with its data, and CSV.
LaTeX tables stand in \`tables/\`: \`\\input\` one; they need the packages booktabs and dcolumn.

A theme sets width, height, font, text, colours and background of all of them ([files.md](files.md#theme)):
\`figures DIR --theme theme.json\`, and in the library a part of one, as in \`figureSvg(figure, { width_mm: 120, text_pt: 7 })\`.

This page and its pictures are generated (\`npm run figures-page\`).

${figures.map(sectionOf).join("\n")}
${CHECKED}`;
}

function sectionOf(figure: Figure): string {
  return `## ${figure.name}

![${figure.title}](figures/${figure.name}.png)

${captionOf(figure)}
`;
}

const CHECKED = `## What was checked

Each figure at 85 and at 174 mm, with text of 6, 8.25 and 12 pt, as a referee reads it:

- No text is cut or overlaps another: a test opens all of them in a browser that lacks the font and measures every text
  against its figure; labels of axes that have no room leave some out, and long ones are wrapped.
- Legends name every series, also beyond ten, and stand where they have room: beside the data or below.
- Colours are told apart with any colour vision (Okabe and Ito); shapes and dashes repeat what they say, for grey print.
- No axis cuts a point: there is room of some pixels at its ends. Axes of counts and times begin at 0, unless they are
  logarithmic, which the caption says.
- Panels that would flatten each other have axes of their own, and the caption says so.
- Trials are shown where they are few: as points, or as bars from the lowest to the highest, and the caption says which.
- What was not measured is not drawn as if it had been: open triangles without a line are lower bounds, crosses ran out of
  memory.
- Differences below the error stand in a band of that error.
- Bars and bands are named in the caption with their probability.
- An importance above 1 is explained, and its axis says where it is linear and where logarithmic.
`;
