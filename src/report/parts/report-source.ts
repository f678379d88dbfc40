import { UserError } from "../../core/user-error.js";
import { readDataPackage } from "../../dataset/data-package.js";
import { readPart } from "../../dataset/part-file.js";
import { type ExecutionRow, executionsTable } from "../../dataset/tables.js";
import type { DeviceFit } from "../../fit/device-fit.js";
import { type ExamplePlans, examplePlans } from "../../fleet/example-plans.js";
import { type AnalysisOptions, analyseDataset, type DatasetAnalysis } from "../../rank/dataset-analysis.js";

/** What a report is of: a dataset, what is computed of it, and what stands in it. */
export interface ReportSource {
  readonly folder: string;
  readonly analysis: DatasetAnalysis;
  readonly data: ReturnType<typeof readDataPackage>;
  readonly fits: readonly DeviceFit[];
  /** Of the first device, where it has enough for plans. */
  readonly plans: ExamplePlans | undefined;
  readonly executions: readonly ExecutionRow[];
}

/** @throws UserError if the folder holds no dataset or no trial that ended well */
export async function reportSource(folder: string, options: AnalysisOptions): Promise<ReportSource> {
  const analysis = analyseDataset(folder, options);
  const fits = analysis.fits();
  const [first] = fits;
  return {
    folder,
    analysis,
    data: readDataPackage(folder),
    fits,
    plans: first && (await orReason(() => examplePlans(first, [...first.measuredMiniBatches.keys()]))).value,
    executions: readPart(folder, executionsTable),
  };
}

/** What was computed, or why there is too little for it. */
export async function orReason<Value>(compute: () => Value | Promise<Value>): Promise<Computed<Value>> {
  try {
    return { value: await compute() };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { reason: error.message };
  }
}

/** One of both. */
export interface Computed<Value> {
  readonly value?: Value;
  readonly reason?: string;
}
