// What notebooks and other programs import, in the order in which data flow.

export { type Claim, readClaims, studyClaims } from "./claims/claim.js";
export { type JudgedClaim, judgeClaims } from "./claims/judge-claims.js";
export { type Interval, median, quantile, sorted } from "./core/statistics.js";
export { checkDataset, type DatasetFault } from "./dataset/check-dataset.js";
export { readDataPackage } from "./dataset/data-package.js";
export { exportDataset } from "./dataset/export-dataset.js";
export { readPart } from "./dataset/part-file.js";
export { readTrialFeatures } from "./dataset/read-trial-features.js";
export { imagesTable, inferencesTable, type TrialRow, trialsTable } from "./dataset/tables.js";
export { type Cell, cellsOf, plannedTrials } from "./design/cells.js";
export { type Design, designSchema, deviceName, readDesign } from "./design/design.js";
export { FIGURE_NAMES, figuresOfDataset } from "./figures/figures-of-dataset.js";
export { latexTables } from "./figures/latex-tables.js";
export { type Figure, figureSvg, renderFigure } from "./figures/render-figure.js";
export { readTheme, type Theme } from "./figures/theme.js";
export { type Basis, functionsAtSize } from "./fit/device-functions.js";
export { type DeviceFit, fitDataset, fitDevice, largestMiniBatches } from "./fit/fit-dataset.js";
export type { FittedFunction } from "./fit/fitted-function.js";
export { largestMiniBatch } from "./fit/largest-mini-batch.js";
export type { QuantityFit } from "./fit/quantity-fit.js";
export { describeModel, measureModelWork } from "./measure/describe-model.js";
export { buildModelFile, ensureModelFile } from "./measure/model-file.js";
export { runSweep, type SweepSummary } from "./measure/sweep.js";
export { type DeviceType, deviceType } from "./plan/device-type.js";
export { type PlanOutcome, planRelaxed, planSoft } from "./plan/plan.js";
export { type DatasetRanking, rankDataset } from "./rank/rank-dataset.js";
