import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { checkValue, readJsonFile } from "../core/json-file.js";
import { PACKAGE_ROOT } from "../core/package-root.js";
import { STATISTIC_NAMES } from "./statistics.js";

const conditionSchema = z
  .strictObject({
    statistic: z.enum(STATISTIC_NAMES, `allowed are ${STATISTIC_NAMES.join(", ")}`),
    /** For statistics of one input size. */
    input_size_px: z.int().positive().optional(),
    at_least: z.number().optional(),
    at_most: z.number().optional(),
  })
  .refine(({ at_least, at_most }) => (at_least === undefined) !== (at_most === undefined), {
    message: "requires either at_least or at_most",
  });

const claimsSchema = z
  .array(
    z.strictObject({
      name: z.string().regex(/^[a-z0-9-]+$/, "allowed are a-z, 0-9 and -"),
      finding: z.string().min(1),
      conditions: z.array(conditionSchema).min(1, "requires at least one condition"),
    }),
  )
  .min(1, "requires at least one claim");

/** A finding and the conditions that a dataset must meet for it to hold. */
export type Claim = z.infer<typeof claimsSchema>[number];
export type Condition = Claim["conditions"][number];

/** The study's four findings and two that follow from them. */
export function studyClaims(): Claim[] {
  const path = join(PACKAGE_ROOT, "src", "claims", "claims.json");
  return checkValue(JSON.parse(readFileSync(path, "utf8")), "claims of the study", claimsSchema);
}

/**
 * Claims from a user's file, in the form of `src/claims/claims.json`.
 *
 * @throws UserError naming the first value that does not fit
 */
export function readClaims(path: string): Claim[] {
  return readJsonFile(path, "claims", claimsSchema);
}
