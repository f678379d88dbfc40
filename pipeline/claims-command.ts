import { Command } from "commander";
import { readClaims } from "../src/claims/claim.js";
import { type JudgedClaim, judgeClaims } from "../src/claims/judge-claims.js";
import { printResult, table } from "./terminal.js";

/** `batchwise claims`: the study's findings held against a dataset. */
export function claimsCommand(): Command {
  return new Command("claims")
    .description("hold the study's findings against a dataset: reproduced, not reproduced or inconclusive")
    .argument("<dir>", "the dataset's folder")
    .option("--claims <file>", "claims of your own, in the form of src/claims/claims.json")
    .option("--json", "print one JSON object")
    .action(async (folder: string, { claims: file, json }: { claims?: string; json?: boolean }) => {
      const claims = file === undefined ? undefined : readClaims(file);
      const judged = await judgeClaims(folder, claims && { claims });
      printResult(json, { claims: judged.map(claimAsJson) }, () => claimLines(judged));
    });
}

/** A table of verdicts, then the reasons. */
export function claimLines(judged: readonly JudgedClaim[]): string[] {
  return [
    table(
      ["finding", "verdict"],
      judged.map(({ claim, verdict }) => [claim.finding, verdict]),
    ),
    "",
    ...judged.flatMap(({ claim, conditions }) =>
      conditions.map(({ verdict, reason }) => `${claim.name}: ${verdict}: ${reason}`),
    ),
    "",
  ];
}

function claimAsJson({ claim, verdict, conditions }: JudgedClaim) {
  return {
    name: claim.name,
    finding: claim.finding,
    verdict,
    conditions: conditions.map(({ condition, statistic, verdict: met, reason }) => ({
      ...condition,
      verdict: met,
      value: statistic.value ?? null,
      interval: statistic.value === undefined ? null : [statistic.interval.low, statistic.interval.high],
      reason,
    })),
  };
}
