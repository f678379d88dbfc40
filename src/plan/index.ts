// batchwise/plan: a question in, a proven answer out, without what measures, fits and draws.

export { UserError } from "../core/user-error.js";
export { type DeviceFunctions, type DeviceType, deviceType, forWorkloads, type Start } from "./device-type.js";
export { toLpFormat, toMpsFormat } from "./export-program.js";
export { formulate } from "./formulate.js";
export { paretoFront } from "./pareto-front.js";
export { type PlanOptions, planRelaxed, planSoft, solvePlan } from "./plan.js";
export { type PlanDocument, planAsJson, readPlanDocument } from "./plan-document.js";
export type { FeasiblePlan, InfeasiblePlan, PlannedDevice, PlanOutcome } from "./plan-outcome.js";
export type { Billing, Caps, Objective, PlanProblem, Workload } from "./plan-problem.js";
export { sensitivityOf } from "./sensitivity.js";
export { UndecidedError } from "./undecided-error.js";
