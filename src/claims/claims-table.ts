import type { TextTable } from "../core/text-table.js";
import type { JudgedClaim } from "./judge-claims.js";

/** One row per claim with its verdict; of several devices one per device and claim. */
export function claimsTable(judged: readonly JudgedClaim[]): TextTable {
  const several = isOfSeveral(judged);
  return {
    columns: [...(several ? ["device"] : []), "finding", "verdict"],
    values: judged.map(({ device, claim, verdict }) => [...(several ? [device] : []), claim.finding, verdict]),
  };
}

/** One line per condition: the statistic, its interval, the threshold. */
export function claimReasons(judged: readonly JudgedClaim[]): string[] {
  const several = isOfSeveral(judged);
  return judged.flatMap(({ device, claim, conditions }) =>
    conditions.map(({ verdict, reason }) => `${several ? `${device}, ` : ""}${claim.name}: ${verdict}: ${reason}`),
  );
}

function isOfSeveral(judged: readonly JudgedClaim[]): boolean {
  return new Set(judged.map(({ device }) => device)).size > 1;
}
