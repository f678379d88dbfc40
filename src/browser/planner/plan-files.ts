import { toKserveServices } from "../../plan/answer/export-kserve.js";
import { toTritonText } from "../../plan/answer/export-triton.js";
import { givenServedType, type ServedModel } from "../../plan/answer/served-model.js";
import { toLpFormat } from "../../plan/program/export-program.js";
import { formulate } from "../../plan/program/formulate.js";
import { answerable } from "../../plan/question/answerable.js";
import type { PageAnswer } from "./live-answer.js";

/** A file of an answer; nothing where there is no plan to write down. */
export interface PlanFile {
  readonly label: string;
  readonly name: string;
  readonly type: string;
  content(answer: Exclude<PageAnswer, { refused: string }>): string | undefined;
}

/** What `batchwise plan --export` takes a model for of which nothing is told. */
const MODEL: ServedModel = {
  name: "classifier",
  storageUri: "pvc://models/classifier",
  typeOf: () => givenServedType(),
};

/** The files of an answer: the same bytes as `batchwise plan` prints. */
export const PLAN_FILES: readonly PlanFile[] = [
  { label: "Plan (JSON)", name: "plan.json", type: "application/json", content: ({ json }) => json },
  { label: "Device file", name: "devices.json", type: "application/json", content: ({ deviceFile }) => deviceFile },
  {
    label: "Integer program (LP)",
    name: "plan.lp",
    type: "text/plain",
    content: ({ answered }) => toLpFormat(formulate(answerable(answered.plan.problem)).program),
  },
  {
    label: "Triton",
    name: "triton.txt",
    type: "text/plain",
    content: ({ answered: { plan } }) =>
      plan.outcome.status === "infeasible" ? undefined : toTritonText(plan.outcome, MODEL),
  },
  {
    label: "KServe",
    name: "kserve.yaml",
    type: "text/yaml",
    content: ({ answered: { plan } }) =>
      plan.outcome.status === "infeasible" ? undefined : toKserveServices(plan.outcome, MODEL),
  },
];
