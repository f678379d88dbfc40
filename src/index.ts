// What notebooks and other programs import, in the order in which data flow.

export { checkDataset, type DatasetFault } from "./dataset/check-dataset.js";
export { readDataPackage } from "./dataset/data-package.js";
export { exportDataset } from "./dataset/export-dataset.js";
export { readPart } from "./dataset/part-file.js";
export { readTrialFeatures, type TrialFeatureColumn, type TrialFeatures } from "./dataset/read-trial-features.js";
export { imagesTable, inferencesTable, type TrialRow, trialsTable } from "./dataset/tables.js";
export { type Cell, cellsOf, plannedTrials } from "./design/cells.js";
export { type Design, designSchema, readDesign } from "./design/design.js";
export { figuresOfDataset } from "./figures/figures-of-dataset.js";
export { type Figure, figureSvg, renderFigure } from "./figures/render-figure.js";
export { functionsAtSize } from "./fit/device-functions.js";
export { type DeviceFit, fitDataset, fitDevice, largestMiniBatch } from "./fit/fit-dataset.js";
export type { FittedFunction } from "./fit/fitted-function.js";
export { describeModel, measureModelWork } from "./measure/describe-model.js";
export { buildModelFile, ensureModelFile } from "./measure/model-file.js";
export { runSweep, type SweepSummary } from "./measure/sweep.js";
export { type DeviceType, deviceType } from "./plan/device-type.js";
export { planRelaxed, planSoft, solvePlan } from "./plan/plan.js";
export type { PlannedDevice, PlanOutcome } from "./plan/plan-outcome.js";
export type { PlanProblem } from "./plan/plan-problem.js";
