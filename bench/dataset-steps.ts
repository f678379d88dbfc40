// One step of the dataset bench in a process of its own, whose peak memory it tells: node dataset-steps.js STEP FOLDER
// [COUNT].
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { datasetCommand } from "../pipeline/commands/dataset-command.js";
import { checkDataset } from "../src/dataset/check-dataset.js";
import { convertHardware } from "../src/dataset/convert-hardware.js";
import { copyToParquet } from "../src/dataset/copy-to-parquet.js";
import { anyTable, readDataPackage, writeDataPackage } from "../src/dataset/data-package.js";
import { DatasetWriter } from "../src/dataset/dataset-writer.js";
import { withQueries } from "../src/dataset/query-session.js";
import { prepareTrialFeatures, TRIAL_FEATURES } from "../src/dataset/read-trial-features.js";
import { measuredResources } from "../src/dataset/resource.js";
import { trialsTable } from "../src/dataset/tables.js";
import { generateDataset } from "./generate-dataset.js";
import { tellStep } from "./step-process.js";

export type StepName = keyof typeof STEPS;

/** What is done to the dataset in a folder, and what it says of it. */
const STEPS = {
  generate: async (folder: string, rows: number) => {
    generateDataset(folder, rows);
    return `${rows} rows`;
  },
  /** A crash has left a trial's rows and half a line. */
  resume: async (folder: string) => {
    const row = `unfinished,sampler,idle,0${",".repeat(readDataPackage(folder).provenance.features.length)}\n`;
    appendFileSync(join(folder, "hardware", "part-0.csv"), row.repeat(1000) + row.slice(0, 20));
    const { droppedLines } = await DatasetWriter.open(folder, readDataPackage(folder).provenance);
    return `${droppedLines} lines dropped`;
  },
  close: async (folder: string) => {
    const writer = await DatasetWriter.open(folder, readDataPackage(folder).provenance);
    await writer.close("finished");
    return `${writer.trials.length} trials`;
  },
  check: async (folder: string) => {
    const faults = await checkDataset(folder);
    return faults.length === 0 ? "sound" : faults.map(({ table, fault }) => `${table}: ${fault}`).join("; ");
  },
  features: async (folder: string) => {
    await withQueries(async (connection) => {
      const { query } = await prepareTrialFeatures(connection, folder);
      await connection.run(copyToParquet(query, join(folder, "trial_features.parquet")));
    }, TRIAL_FEATURES);
    return "written";
  },
  parquet: async (folder: string) => `converted: ${await convertHardware(folder, "parquet")}`,
  "many-trials": async (folder: string, trials: number) => {
    generateDataset(folder, 0, trials);
    const { provenance } = readDataPackage(folder);
    writeDataPackage(folder, "finished", provenance, await measuredResources(folder, [anyTable(trialsTable)]));
    return `${trials} trials`;
  },
  describe: async (folder: string) => {
    await datasetCommand().parseAsync(["describe", folder], { from: "user" });
    return "described";
  },
} as const satisfies Record<string, (folder: string, count: number) => Promise<string>>;

const [, , step = "", folder = "", count = "0"] = process.argv;
await tellStep(() => STEPS[step as StepName](folder, Number(count)));
