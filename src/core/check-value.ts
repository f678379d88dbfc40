import type { z } from "zod";
import { UserError } from "./user-error.js";

/**
 * What a JSON text that a user gave says, checked against a schema.
 *
 * @param what names it in messages, e.g. "design my-design.json"
 * @throws UserError if it is not JSON or does not fit; the message names the first misfit
 */
export function readJson<T>(text: string, what: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text, refusePrototype);
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${what}: ${error.message}`);
    throw new UserError(
      `${what}: not JSON (${String(error instanceof Error ? error.message : error).replaceAll(/\s+/g, " ")})`,
    );
  }
  return checkValue(value, what, schema);
}

/** A key that schemas would lose in silence. */
function refusePrototype(key: string, value: unknown): unknown {
  if (key === "__proto__") throw new UserError("key __proto__, allowed are others");
  return value;
}

/** @throws UserError naming the first misfit of a value with its schema */
export function checkValue<T>(value: unknown, what: string, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue && issue.path.length > 0 ? `${issue.path.join(".")}: ` : "";
  throw new UserError(`${what}: ${where}${issue?.message ?? "does not fit its schema"}`);
}
