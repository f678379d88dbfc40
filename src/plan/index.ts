/**
 * A question in, a proven answer out, without what measures, fits and draws.
 *
 * @module batchwise/plan
 */

export { UserError } from "../core/user-error.js";
export { type FinishIntervals, type PlanDocument, planAsJson } from "./answer/plan-document.js";
export type { FeasiblePlan, InfeasiblePlan, PlannedDevice, PlanOutcome } from "./answer/plan-outcome.js";
export { planTable } from "./answer/plan-table.js";
export { readPlanDocument } from "./answer/read-plan-document.js";
export { UndecidedError } from "./answer/undecided-error.js";
export { type ParetoFront, type ParetoPoint, paretoFront } from "./explore/pareto-front.js";
export { type Binding, type Relaxation, type Sensitivity, sensitivityOf } from "./explore/sensitivity.js";
export { type PlanOptions, planRelaxed, planSoft, solvePlan } from "./plan.js";
export type { Formulation, Group } from "./program/compact-formulation.js";
export { toLpFormat, toMpsFormat } from "./program/export-program.js";
export { formulate } from "./program/formulate.js";
export type { ObjectiveLimit } from "./program/formulation-rows.js";
export type { IntegerProgram, Row, Term, Variable } from "./program/integer-program.js";
export type { CapacityRule, Schedule } from "./question/capacity.js";
export type { Configuration } from "./question/configuration.js";
export type { Deadline } from "./question/deadline.js";
export type { DeviceEntry, GivenFunctions, MeasuredFunctions } from "./question/device-entry.js";
export {
  type Choice,
  type DeviceFunctions,
  type DeviceType,
  deviceType,
  forWorkloads,
  type Start,
} from "./question/device-type.js";
export type { Billing, Caps, Objective, PlanProblem, Workload } from "./question/plan-problem.js";
export type { Search } from "./solve/solve-limits.js";
