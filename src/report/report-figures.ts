import type { Comparison } from "../compare/compare-datasets.js";
import { deviceName } from "../design/design.js";
import type { Figure } from "../figures/figure.js";
import { FIGURES, type FigureName } from "../figures/figure-registry.js";
import { figuresOfDataset } from "../figures/figures-of-dataset.js";
import { figuresOfPlan } from "../figures/figures-of-plan.js";
import { type ChosenFigure, type FigureChoice, interactiveFigure, PAGE_THEME } from "../figures/interactive-figure.js";
import { SHOWN_QUANTITIES } from "../figures/shown-quantity.js";
import { EXAMPLE } from "../fleet/example-plans.js";
import type { ReportSource } from "./parts/report-source.js";

/** A figure of a report as it stands in the page. */
export interface ReportFigure extends ChosenFigure {
  /** Its picture until the page draws it. */
  readonly svg: string;
}

/** Of a device: at all sizes, and at one of them. */
const OF_DEVICE: readonly FigureName[] = ["memory", "largest-mini-batch", "lack-of-fit", "hosts"];
const OF_SIZE: readonly FigureName[] = ["inference-time"];
const OF_RANKING: readonly FigureName[] = [
  "importance-predict",
  "importance-explain",
  "correlation",
  "warmup-prediction",
];

/** Every figure of a dataset, for each device, size and quantity that a reader can choose. */
export async function reportFigures(source: ReportSource): Promise<ReportFigure[]> {
  const { analysis, fits, plans, executions } = source;
  const drawn: ReportFigure[] = [];
  const add = async (of: FigureChoice, figures: readonly Figure[]) => {
    for (const figure of figures) {
      const { interactive, svg } = await interactiveFigure(figure, PAGE_THEME);
      drawn.push({ of, figure: interactive, svg });
    }
  };
  for (const fit of fits) {
    const device = deviceName(fit.device);
    const draw = async (of: FigureChoice, only: readonly FigureName[]) => {
      const { sizePx, quantity } = of;
      const options = { device, only, ...(sizePx && { inputSizePx: sizePx }), ...(quantity && { quantity }) };
      await add({ device, ...of }, (await figuresOfDataset(analysis, options)).figures);
    };
    await draw({}, OF_DEVICE);
    for (const quantity of SHOWN_QUANTITIES) await draw({ quantity }, ["fitted-lines"]);
    for (const sizePx of fit.measuredMiniBatches.keys()) {
      await draw({ sizePx }, OF_SIZE);
      for (const quantity of SHOWN_QUANTITIES) await draw({ sizePx, quantity }, ["fitted-law"]);
    }
  }
  await add({}, (await figuresOfDataset(analysis, { only: OF_RANKING })).figures);
  if (plans !== undefined) {
    const problem = {
      types: [plans.type],
      workloads: [{ name: "images", images: EXAMPLE.images }],
      timeUs: EXAMPLE.deadlineMs * 1000,
      objective: "devices" as const,
    };
    await add({}, figuresOfPlan({ problem, outcome: plans.soft }));
  }
  if (executions.length > 0) await add({}, [FIGURES.executions.calibration(executions)]);
  return drawn;
}

/** The figure of a comparison. */
export async function comparisonFigures(comparison: Comparison): Promise<ReportFigure[]> {
  const { interactive, svg } = await interactiveFigure(FIGURES.comparison.comparison(comparison), PAGE_THEME);
  return [{ of: {}, figure: interactive, svg }];
}
