import { z } from "zod";
import type { SystemCheck } from "./check-system.js";
import { SYSTEM_VERDICTS, type SystemFinding } from "./finding.js";

/** The schema of a check in a dataset's `runs`. */
export const systemDocumentSchema = z.object({
  verdict: z.enum(SYSTEM_VERDICTS),
  summary: z.string(),
  looked_ms: z.number(),
  cpu_ms: z.number(),
  checks: z.array(
    z.object({
      name: z.string(),
      about: z.enum(["machine", "moment"]),
      verdict: z.enum(SYSTEM_VERDICTS),
      found: z.string(),
      remedy: z.string().optional(),
    }),
  ),
  facts: z.record(z.string(), z.unknown()),
});

/** A check as `system check --json` prints it and a dataset keeps it. */
export type SystemDocument = z.infer<typeof systemDocumentSchema>;

/** A check of the system as JSON: verdicts in words, and the facts that they come from. */
export function systemCheckAsJson({ verdict, summary, lookedMs, cpuMs, checks, facts }: SystemCheck): SystemDocument {
  return {
    ...{ verdict, summary, looked_ms: lookedMs, cpu_ms: cpuMs },
    checks: checks.map((check: SystemFinding) => ({ ...check })),
    facts: { ...facts },
  };
}
