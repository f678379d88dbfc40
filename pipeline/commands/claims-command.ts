import { Command } from "commander";
import { readClaims } from "../../src/claims/claim.js";
import { claimReasons, claimsTable } from "../../src/claims/claims-table.js";
import { type JudgedClaim, judgeClaims } from "../../src/claims/judge-claims.js";
import { readTrials } from "../../src/dataset/read-trials.js";
import { deviceName } from "../../src/design/design.js";
import { judgedHostLines } from "../../src/fit/host-notes.js";
import { analyseDataset } from "../../src/rank/dataset-analysis.js";
import { cautionLines, cautionsAsJson } from "../terminal/caution-lines.js";
import { OUTPUT, withHelp } from "../terminal/command-help.js";
import { hostsAsJson } from "../terminal/hosts-as-json.js";
import { printResult, tableOf } from "../terminal/terminal.js";
import { trialCautionLines, trialCautionsAsJson } from "../terminal/trial-caution-lines.js";

/** `batchwise claims`: the study's findings held against a dataset. */
export function claimsCommand(): Command {
  const command = new Command("claims")
    .description("hold the study's findings against a dataset: reproduced, not reproduced or inconclusive")
    .argument("<dir>", "the dataset's folder")
    .optionsGroup("Claims:")
    .option("--claims <file>", "claims of your own, a file as docs/files.md describes it")
    .optionsGroup(OUTPUT)
    .option("--json", "print one JSON object")
    .action(async (folder: string, { claims: file, json }: { claims?: string; json?: boolean }) => {
      const claims = file === undefined ? undefined : readClaims(file);
      const analysis = analyseDataset(folder);
      const judged = await judgeClaims(analysis, claims && { claims });
      const fits = analysis.fits();
      const trials = readTrials(folder);
      printResult(
        json,
        () => ({
          claims: judged.map(claimAsJson),
          hosts: fits.map((fit) => ({ device: deviceName(fit.device), hosts: hostsAsJson(fit.hosts) })),
          cautions: fits.flatMap(cautionsAsJson),
          trial_cautions: trialCautionsAsJson(trials),
        }),
        () => [
          tableOf(claimsTable(judged)),
          "",
          ...claimReasons(judged),
          ...fits.flatMap((fit) => judgedHostLines(fit.hosts).map((line) => `${deviceName(fit.device)}: ${line}`)),
          ...cautionLines(fits),
          ...trialCautionLines(trials),
        ],
      );
    });
  return withHelp(command, "docs/analysis.md", [
    "claims data/reference-cpu",
    "claims data/reference-cpu --claims my-claims.json",
  ]);
}

/** A judged claim as `claims --json` prints it. */
export function claimAsJson({ device, claim, verdict, conditions }: JudgedClaim) {
  return {
    device,
    name: claim.name,
    finding: claim.finding,
    verdict,
    conditions: conditions.map(({ condition, statistic, verdict: met, reason }) => ({
      ...condition,
      verdict: met,
      value: statistic.value ?? null,
      interval: statistic.value === undefined ? null : [statistic.interval.low, statistic.interval.high],
      noise_alone: (statistic.value !== undefined ? statistic.noiseAlone : undefined) ?? null,
      reason,
    })),
  };
}
