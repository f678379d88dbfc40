import { claimReasons, claimsTable } from "../../claims/claims-table.js";
import { judgeClaims } from "../../claims/judge-claims.js";
import { dataTable, type Html, list, paragraph } from "../parts/html-parts.js";
import { orReason, type ReportSource } from "../parts/report-source.js";

/** The study's findings, held against the dataset. */
export async function claimsSection({ analysis }: ReportSource): Promise<Html> {
  const { value: claims, reason } = await orReason(() => judgeClaims(analysis));
  if (claims === undefined) return paragraph(`Not judged: ${reason}.`);
  return dataTable(claimsTable(claims), "The study's findings here") + list(claimReasons(claims));
}
