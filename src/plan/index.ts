// batchwise/plan: a question in, a proven answer out, without what measures, fits and draws.

export { UserError } from "../core/user-error.js";
export { type PlanDocument, planAsJson, readPlanDocument } from "./answer/plan-document.js";
export type { FeasiblePlan, InfeasiblePlan, PlannedDevice, PlanOutcome } from "./answer/plan-outcome.js";
export { UndecidedError } from "./answer/undecided-error.js";
export { paretoFront } from "./explore/pareto-front.js";
export { sensitivityOf } from "./explore/sensitivity.js";
export { type PlanOptions, planRelaxed, planSoft, solvePlan } from "./plan.js";
export { toLpFormat, toMpsFormat } from "./program/export-program.js";
export { formulate } from "./program/formulate.js";
export { type DeviceFunctions, type DeviceType, deviceType, forWorkloads, type Start } from "./question/device-type.js";
export type { Billing, Caps, Objective, PlanProblem, Workload } from "./question/plan-problem.js";
