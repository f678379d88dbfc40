import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { checkValue } from "../core/check-value.js";
import { readJsonFile } from "../core/json-file.js";
import { hasKey, oneOfForms } from "../core/one-of-forms.js";
import { PACKAGE_ROOT } from "../core/package-root.js";
import { SCHEMA_KEY } from "../core/schema-key.js";
import { STATISTIC_NAMES } from "./statistics.js";

const conditionSchema = z
  .strictObject({
    statistic: z
      .enum(STATISTIC_NAMES, `allowed are ${STATISTIC_NAMES.join(", ")}`)
      .describe("What is computed from the dataset"),
    input_size_px: z.int().positive().optional().describe("The input size, which statistics of one size need"),
    at_least: z.number().optional().describe("The least that the finding allows; this or `at_most` is needed"),
    at_most: z.number().optional().describe("The most that the finding allows; this or `at_least` is needed"),
  })
  .refine(({ at_least, at_most }) => (at_least === undefined) !== (at_most === undefined), {
    message: "requires either at_least or at_most",
  });

const claimsSchema = z
  .array(
    z.strictObject({
      name: z
        .string()
        .regex(/^[a-z0-9-]+$/, "allowed are a-z, 0-9 and -")
        .describe("A short name"),
      finding: z.string().min(1).describe("The finding in a sentence"),
      conditions: z
        .array(conditionSchema)
        .min(1, "requires at least one condition")
        .describe("All of them must be met for the finding to hold"),
    }),
  )
  .min(1, "requires at least one claim")
  .describe("The claims")
  .meta({ title: "a list of claims" });
const namedSchema = z.strictObject({ ...SCHEMA_KEY, claims: claimsSchema }).meta({ title: "claims with their schema" });
/** What a claims file says: a list of claims, or an object that holds one and may name its JSON Schema. */
export const claimsFileSchema = oneOfForms<Claim[] | z.infer<typeof namedSchema>>(
  [namedSchema, claimsSchema],
  (value) => (hasKey(value, "claims") ? namedSchema : claimsSchema),
);

/** A finding and the conditions that a dataset must meet for it to hold. */
export type Claim = z.infer<typeof claimsSchema>[number];
export type Condition = Claim["conditions"][number];

/** The study's four findings and two that follow from them. */
export function studyClaims(): Claim[] {
  const path = join(PACKAGE_ROOT, "src", "claims", "claims.json");
  return listOf(checkValue(JSON.parse(readFileSync(path, "utf8")), "claims of the study", claimsFileSchema));
}

/**
 * Claims from a user's file, in the form of `src/claims/claims.json`.
 *
 * @throws UserError naming the first value that does not fit
 */
export function readClaims(path: string): Claim[] {
  return listOf(readJsonFile(path, "claims", claimsFileSchema));
}

function listOf(file: z.infer<typeof claimsFileSchema>): Claim[] {
  return Array.isArray(file) ? file : file.claims;
}
