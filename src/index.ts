/**
 * What notebooks and other programs import, in the order in which data flow.
 *
 * @module batchwise
 */

// What every stage uses: errors that are a user's mistake, statistics, tables for the terminal and for notebooks

export { type Interval, median, quantile, type Sorted, sorted } from "./core/statistics.js";
export { htmlTable, percent, type TextTable } from "./core/text-table.js";
export { UserError } from "./core/user-error.js";

// Models

export type { ModelInput, TensorElement } from "./model/model-input.js";

// What to measure

export { type Cell, cellsOf, type PlannedTrial, plannedTrials } from "./design/cells.js";
export {
  type Design,
  type DeviceConfiguration,
  designSchema,
  deviceName,
  miniBatchSizesAt,
  readDesign,
} from "./design/design.js";
export type { MiniBatchSizes } from "./design/mini-batch-sizes.js";
export type { Shard } from "./design/shard.js";

// What the machine is doing: batchwise/monitor

export * from "./hardware/index.js";

// Measuring

export { describeModel, type ModelDescription } from "./measure/describe-model.js";
export type { Sides } from "./measure/measure-in-turns.js";
export { buildModelFile, ensureModelFile } from "./measure/model-file.js";
export { type ModelWork, measureModelWork } from "./measure/model-work.js";
export { type PairedSweepOptions, runPairedSweep } from "./measure/paired-sweep.js";
export { runSweep } from "./measure/sweep.js";
export type { SweepEvent, SweepGoal } from "./measure/sweep-event.js";
export type { SweepOptions, SweepSummary, SweepTarget } from "./measure/sweep-targets.js";
export type { ChosenTrial, MeasuredTrials, TrialChooser } from "./measure/trial-chooser.js";

// The dataset

export { checkDataset, type DatasetFault } from "./dataset/check-dataset.js";
export { convertHardware } from "./dataset/convert-hardware.js";
export { type DataPackage, type ImportedProvenance, type Provenance, readDataPackage } from "./dataset/data-package.js";
export { datasetTable } from "./dataset/dataset-table.js";
export { exportDataset } from "./dataset/export-dataset.js";
export { type MergeSummary, mergeDatasets } from "./dataset/merging/merge-datasets.js";
export { readPart } from "./dataset/part-file.js";
export { readTrialFeatures, type TrialFeatureColumn, type TrialFeatures } from "./dataset/read-trial-features.js";
export { readTrials } from "./dataset/read-trials.js";
export type { Run } from "./dataset/runs.js";
export type { Column, ColumnType, Table } from "./dataset/table.js";
export {
  type CHOICE_REASONS,
  type ChoiceReason,
  type ChoiceRow,
  choicesTable,
  type ExecutionRow,
  executionsTable,
  type ImagesRow,
  type InferenceRow,
  imagesTable,
  inferencesTable,
  type PulseRow,
  pulsesTable,
  type SummaryRow,
  summariesTable,
  type TRIAL_STATUSES,
  type TrialRow,
  type TrialStatus,
  trialsTable,
} from "./dataset/tables.js";

// What others measured

export { type ImportSummary, importMeasurements } from "./importing/dataset/import-measurements.js";
export type { ImportedFrom } from "./importing/dataset/imported-trials.js";
export type { ImportedRow, ImportedRows } from "./importing/imported-row.js";
export { type PublishedCurve, type PublishedSource, publishedCurve, publishedCurves } from "./importing/published.js";
export { type SourceFile, sourceFile } from "./importing/source-lines.js";
export { readTable } from "./importing/table/read-table.js";
export type { TableOptions } from "./importing/table/table-options.js";

// Latency, warm-up and memory as functions

export type { Basis } from "./fit/basis.js";
export { CANDIDATE_FORMS } from "./fit/candidate-forms.js";
export type { ExtrapolationError } from "./fit/cross-validation.js";
export type { DeviceFit } from "./fit/device-fit.js";
export {
  functionsAtSize,
  LATENCY_STATISTICS,
  type LatencyStatistic,
  type SizeFunctions,
} from "./fit/device-functions.js";
export type { DeviceNoise, MeasuredCell } from "./fit/device-noise.js";
export {
  type FitOptions,
  type FittedQuantity,
  fitDataset,
  fitDevice,
  type MeasuredHow,
} from "./fit/fit-dataset.js";
export { candidateTable, coefficientTable, functionTable, largestMiniBatchTable, lawTable } from "./fit/fit-tables.js";
export type { Domain, FittedFunction } from "./fit/fitted-function.js";
export {
  CONSTANT,
  type Form,
  type Law,
  linearForm,
  MEGAPIXELS,
  MINI_BATCH,
  MINI_BATCH_SQUARED,
  type Term as FormTerm,
  WORK,
} from "./fit/form.js";
export { type HostLevel, hostLevels } from "./fit/host-levels.js";
export type { HostRatio } from "./fit/host-ratios.js";
export type { HostTrial } from "./fit/host-sums.js";
export type { CellMisfit, LackOfFit } from "./fit/lack-of-fit.js";
export {
  type LargestMiniBatch,
  largestMiniBatch,
  largestMiniBatches,
  type MeasuredMemory,
} from "./fit/largest-mini-batch.js";
export type { AnsweringLaw } from "./fit/law/answering-law.js";
export { type FittedLaw, fitLaw, type LawScore } from "./fit/law/fit-law.js";
export { lawLines } from "./fit/law/law-lines.js";
export type { LawPrediction, SharedNoise } from "./fit/law/law-prediction.js";
export type { NoiseTail } from "./fit/law/noise-tail.js";
export type { ProcessSpread } from "./fit/law/process-spread.js";
export { CAUTION_LIMITS, type LawCaution, lawCautions, type MissedCell, planCautions } from "./fit/law-cautions.js";
export type { MachineEffect } from "./fit/machine-effect.js";
export { type MeasuringAdvice, measuringAdvice, type Repetitions } from "./fit/measuring-advice.js";
export type { NOISE_LEVELS, NoiseLevel, NoiseLevelName, NoisyQuantity, QuantityNoise } from "./fit/noise-levels.js";
export { adviceLines, machineLines, noiseTable, spellLines } from "./fit/noise-tables.js";
export type { Observation } from "./fit/observed/observation.js";
export type { WorstObserved } from "./fit/observed-times.js";
export { perSize } from "./fit/per-size.js";
export { type NoisyCell, type ProcessNoise, processNoise } from "./fit/process-noise.js";
export type { CandidateScore, QuantityFit } from "./fit/quantity-fit.js";
export type { SessionEffect } from "./fit/session-effect.js";
export type { SessionLevel } from "./fit/session-levels.js";
export { type DeviceSpells, type Spells, spellsOf } from "./fit/spells.js";
export type { InferenceTime } from "./fit/trial-times.js";

// What drives warm-up

export type { Agreement } from "./rank/compare-rankings.js";
export { type AnalysisOptions, analyseDataset, type DatasetAnalysis } from "./rank/dataset-analysis.js";
export type { Drift } from "./rank/drift.js";
export type { DropReason, FeatureGroup, FeatureMatrix } from "./rank/feature-matrix.js";
export type { FourParameterModel } from "./rank/four-parameter-model.js";
export {
  type DatasetRanking,
  type Question,
  type RankOptions,
  type RankSource,
  rankDataset,
} from "./rank/rank-dataset.js";
export type { RankedFeature, Ranking } from "./rank/rank-features.js";
export { type ResidualRanking, rankResidual, type WarmupDriver } from "./rank/rank-residual.js";
export { rankingSummary, rankingTable } from "./rank/ranking-table.js";
export type { ResidualDriver } from "./rank/residual-drivers.js";
export { residualSummary, residualTable } from "./rank/residual-table.js";

// Two datasets, devices or sessions beside each other

export type { BestMiniBatch } from "./compare/best-mini-batch.js";
export { type Comparison, compareDatasets } from "./compare/compare-datasets.js";
export type { CellRatio, QuantityRatios } from "./compare/compare-quantity.js";
export { compareTrials } from "./compare/compare-trials.js";
export type { ComparedSide, SideChoice } from "./compare/compared-side.js";
export { comparisonSummary } from "./compare/comparison-summary.js";
export {
  bestMiniBatchTable,
  cellRatioTable,
  lostCellTable,
  overallRatioTable,
  recordedDifferenceTable,
} from "./compare/comparison-tables.js";
export { type FailOn, failsOn } from "./compare/fails-on.js";
export type { LikelyCauses, SideBySide } from "./compare/likely-causes.js";
export type { LostCell } from "./compare/lost-cells.js";
export type { TrialPair } from "./compare/paired-trials.js";
export type { Ratio } from "./compare/ratio.js";
export type { RecordedDifference } from "./compare/recorded-differences.js";
export type { ComparedQuantity, JudgedRatio, Verdict } from "./compare/verdict.js";

// Plans: batchwise/plan

export * from "./plan/index.js";

// Fleets: plans from datasets and device files

export { type BorrowedWarmup, warmupOf, warmupRatio } from "./fleet/borrowed-warmup.js";
export { type DatasetFleetOptions, datasetFleet, type Fleet, type FleetOptions, fleetOf } from "./fleet/fleet.js";
export type { FleetQuestion } from "./fleet/fleet-question.js";
export type { LatencyLimit } from "./fleet/latency-limit.js";
export { deviceTypeOfFit } from "./fleet/measured-work.js";
export { type FleetPlan, planFleet } from "./fleet/plan-fleet.js";
export { fitPublished } from "./fleet/published-work.js";

// Whether plans were right

export { type Calibration, calibrationOf, type ExecutedPlan } from "./execute/calibration.js";
export { type ExecuteOptions, executePlan } from "./execute/execute-plan.js";
export { type ExecutionsWriter, openExecutions } from "./execute/executions-writer.js";

// The study's findings

export { type Claim, readClaims, studyClaims } from "./claims/claim.js";
export { claimReasons, claimsTable } from "./claims/claims-table.js";
export { type JudgedClaim, type JudgedCondition, type JudgeOptions, judgeClaims } from "./claims/judge-claims.js";
export { type RooflineExponent, rooflineExponent } from "./claims/roofline-exponent.js";
export type { Statistic } from "./claims/statistic.js";

// Measuring until something is known

export { type ClaimsGoal, claimsChooser, judgeOf } from "./decide/claims-chooser.js";
export type { DecisionQuestion } from "./decide/decision-question.js";
export type { ConsumedEnergy } from "./decide/energy-worth.js";
export { type DecisionState, nextProcess, type Step } from "./decide/next-process.js";
export { type PlanChooser, type PlanGoal, planChooser } from "./decide/plan-chooser.js";
export type { PlanPart } from "./decide/plan-part.js";
export { type PrecisionGoal, precisionChooser } from "./decide/precision-chooser.js";
export type { ProcessOutcome } from "./decide/process-outcome.js";
export type { RunnerUp, Standing } from "./decide/standing.js";
export type { StillNeeded } from "./decide/still-needed.js";
export type { OutcomePlace } from "./decide/trial-outcomes.js";
export type { UntilChooser, UntilEnd } from "./decide/until-chooser.js";

// Figures and tables of a paper

export { captionOf } from "./figures/caption.js";
export { captionLatex, captionMarkdown } from "./figures/captions.js";
export { comparisonFigure } from "./figures/comparison-figure.js";
export { correlationFigure } from "./figures/correlation-figure.js";
export { deadlineFrontierFigure } from "./figures/deadline-frontier-figure.js";
export type { Figure, FigureSpec, Row } from "./figures/figure.js";
export { figureHtml } from "./figures/figure-html.js";
export { FIGURE_NAMES, type FigureName } from "./figures/figure-registry.js";
export {
  type DatasetFigures,
  type FigureOptions,
  figuresOfDataset,
} from "./figures/figures-of-dataset.js";
export { figuresOfPlan } from "./figures/figures-of-plan.js";
export { importanceFigure } from "./figures/importance-figure.js";
export type { LatexTable } from "./figures/latex-table.js";
export { latexTables, planLatexTable } from "./figures/latex-tables.js";
export type { FigureShape, Layout } from "./figures/layout.js";
export { type DeadlineOptions, miniBatchByDeadlineFigure } from "./figures/mini-batch-by-deadline-figure.js";
export { type OwnFigure, ownFigure } from "./figures/own-figure.js";
export type { PlanSource } from "./figures/plan-figures.js";
export { type GanttDevice, planGanttFigure } from "./figures/plan-gantt-figure.js";
export { readTheme } from "./figures/read-theme.js";
export { figureSpec, figureSvg, renderFigure } from "./figures/render-figure.js";
export type { ShownQuantityName } from "./figures/shown-quantity.js";
export { type Theme, themeOf } from "./figures/theme.js";
export {
  type WarmupPrediction,
  warmupPredictionFigure,
  warmupPredictions,
} from "./figures/warmup-prediction-figure.js";
export { writeFigures, writeTables } from "./figures/write-figures.js";

// Pages

export { figureFrame } from "./report/figure-frame.js";
export { type PlannerSource, plannerFrame, plannerHtml } from "./report/planner.js";
export { reportHtml } from "./report/report.js";
