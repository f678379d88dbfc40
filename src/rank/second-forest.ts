import startYdf from "ydf-training";
import { distinct } from "../core/distinct.js";
import type { ForestData } from "./bagged-tree.js";

/** The measure that is read from Yggdrasil's report: the squared error that all splits on a feature removed. */
const MEASURE = "SUM_SCORE";

/**
 * The importance of each feature by an independent random forest, Google's Yggdrasil Decision Forests: 300 trees with a
 * third of the features drawn at each split, and the mean decrease in impurity. Forest and measure both differ from
 * those of the first ranking, so what they agree on does not hang on either.
 *
 * Source: Guillame-Bert et al., Yggdrasil Decision Forests, KDD 2023; Breiman et al., CART (1984) for the measure.
 *
 * @returns one importance per feature, 0 for those that no tree splits on
 * @throws Error if the report has no such measure
 */
export async function secondForest({ rows, target }: Pick<ForestData, "rows" | "target">): Promise<number[]> {
  const quiet = () => {};
  const ydf = await startYdf({ print: quiet, printErr: quiet });
  const features = rows[0]?.length ?? 0;
  const columns: Record<string, number[]> = { target: [...target] };
  for (let feature = 0; feature < features; feature++) {
    // Yggdrasil keeps 32 bits of a number, which would merge large counters; a tree only needs their order.
    columns[columnOf(feature)] = orderOf(rows.map((row) => row[feature] ?? Number.NaN));
  }
  const model = new ydf.RandomForestLearner("target", "REGRESSION").train(columns);
  try {
    const importance = readImportance(model.describe());
    return Array.from({ length: features }, (_, feature) => importance.get(columnOf(feature)) ?? 0);
  } finally {
    model.unload();
  }
}

function columnOf(feature: number): string {
  return `f${feature}`;
}

/** The place of each value among the distinct values. */
function orderOf(values: readonly number[]): number[] {
  const places = new Map(distinct(values).map((value, place) => [value, place]));
  return values.map((value) => places.get(value) ?? 0);
}

/** The importances of the measure in a model's report: lines such as `    1.  "f10"  0.328207 ####`. */
function readImportance(report: string): Map<string, number> {
  const [, section] = report.split(`Variable Importance: ${MEASURE}:`);
  if (section === undefined) throw new Error(`second forest: its report has no ${MEASURE}`);
  const [list = ""] = section.split("Variable Importance:");
  return new Map(
    [...list.matchAll(/^\s*\d+\.\s+"(f\d+)"\s+([-+.\deE]+)/gm)].map(([, name = "", value = ""]) => [
      name,
      Number(value),
    ]),
  );
}
