import { readJsonFile } from "../../core/json-file.js";
import { type PlanDocument, planDocumentSchema } from "./plan-document.js";

/**
 * A plan from the file that `batchwise plan --json` wrote.
 *
 * @throws UserError naming the first value that does not fit
 */
export function readPlanDocument(path: string): PlanDocument {
  return readJsonFile(path, "plan", planDocumentSchema);
}
