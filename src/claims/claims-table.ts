import type { TextTable } from "../core/text-table.js";
import type { JudgedClaim } from "./judge-claims.js";

/** One row per claim with its verdict. */
export function claimsTable(judged: readonly JudgedClaim[]): TextTable {
  return {
    columns: ["finding", "verdict"],
    values: judged.map(({ claim, verdict }) => [claim.finding, verdict]),
  };
}

/** One line per condition: the statistic, its interval, the threshold. */
export function claimReasons(judged: readonly JudgedClaim[]): string[] {
  return judged.flatMap(({ claim, conditions }) =>
    conditions.map(({ verdict, reason }) => `${claim.name}: ${verdict}: ${reason}`),
  );
}
