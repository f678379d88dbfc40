import { counted } from "../core/counted.js";
import { distinct } from "../core/distinct.js";
import { groupBy } from "../core/group-by.js";
import type { TextTable } from "../core/text-table.js";
import { deviceName } from "../design/design.js";
import { type ModelProvenance, readDataPackage } from "./data-package.js";
import { readTrials } from "./read-trials.js";
import { type Run, runsOf } from "./runs.js";

/**
 * What a dataset is of, for the head of a notebook or page: model, machines, devices, sizes, and how its trials ended.
 *
 * @throws UserError if the folder holds no dataset
 */
export function datasetTable(folder: string): TextTable {
  const { name, status, provenance } = readDataPackage(folder);
  const { model } = provenance;
  const trials = readTrials(folder);
  const runs = runsOf(provenance);
  const hosts = [...groupBy(trials, ({ host }) => host)].map(
    ([host, ofHost]) => `${machineOf(runs, host, ofHost[0]?.runId)}: ${counted(ofHost.length, "trial")}`,
  );
  const ended = [...groupBy(trials, (trial) => trial.status)].map(([end, { length }]) => `${length} ${words(end)}`);
  const range = (values: readonly number[]) => distinct(values).join(", ");
  return {
    columns: ["dataset", status === "finished" ? name : `${name} (${status})`],
    values: [
      ["model", [model.name, ...parametersOf(model)].join(", ")],
      [hosts.length === 1 ? "host" : "hosts", hosts.join("; ")],
      ["measured", `in ${counted(runs.length, "run")}, the first at ${runs[0]?.startedAt ?? "an unknown time"}`],
      ["devices", [...new Set(trials.map(deviceName))].join(", ")],
      ["input sizes (px)", range(trials.map(({ inputSizePx }) => inputSizePx))],
      ["mini-batch sizes", range(trials.map(({ miniBatchSize }) => miniBatchSize))],
      ["trials", `${trials.length}: ${ended.join(", ")}`],
    ],
  };
}

function parametersOf({ parameters }: ModelProvenance): string[] {
  return parameters === undefined ? [] : [`${parameters.toLocaleString("en")} parameters`];
}

function machineOf(runs: readonly Run[], host: string, runId: string | undefined): string {
  const run = runs.find((candidate) => candidate.host === host) ?? runs.find((candidate) => candidate.runId === runId);
  const { cpuModel, logicalCores, gpus, operatingSystem } = run?.machine ?? {};
  const cpu = typeof logicalCores === "number" ? [`${cpuModel}, ${counted(logicalCores, "logical core")}`] : [];
  const cards = Array.isArray(gpus) ? gpus.map((gpu: { readonly model?: unknown }) => String(gpu.model)) : [];
  const known = [...cpu, ...cards, ...(typeof operatingSystem === "string" ? [operatingSystem] : [])];
  return known.length === 0 ? `host ${host}` : known.join(", ");
}

function words(status: string): string {
  return status === "ok" ? "ended well" : status.replaceAll("_", " ");
}
