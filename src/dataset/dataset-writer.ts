import { existsSync } from "node:fs";
import { join } from "node:path";
import { convertHardware } from "./convert-hardware.js";
import { anyTable, hasDataPackage, numberOf, type Provenance, writeDataPackage } from "./data-package.js";
import { type HardwareRow, hardwareTable } from "./hardware-table.js";
import { partPath } from "./part.js";
import { PartFile, readPart } from "./part-file.js";
import { measuredResources, plannedResources } from "./resource.js";
import type { Table } from "./table.js";
import {
  type ChoiceRow,
  choicesTable,
  executionsTable,
  type ImagesRow,
  type InferenceRow,
  imagesTable,
  inferencesTable,
  type PulseRow,
  pulsesTable,
  summariesTable,
  type TrialRow,
  trialsTable,
} from "./tables.js";

/** Everything that one trial adds to a dataset. */
export interface TrialRecord {
  readonly trial: TrialRow;
  readonly inferences: readonly InferenceRow[];
  readonly images: readonly ImagesRow[];
  readonly pulses: readonly PulseRow[];
  readonly hardware: readonly HardwareRow[];
  /** Why it was chosen, where the design does not say so. */
  readonly choices?: readonly ChoiceRow[];
}

/** All tables that a dataset with these features can hold, trials first. */
export function tablesOf(provenance: Pick<Provenance, "features">): Table<never>[] {
  return [
    anyTable(trialsTable),
    anyTable(inferencesTable),
    anyTable(imagesTable),
    anyTable(pulsesTable),
    anyTable(choicesTable),
    anyTable(summariesTable),
    anyTable(hardwareTable(provenance.features)),
    anyTable(executionsTable),
  ];
}

/**
 * Appends finished trials to a dataset. Owns its part files.
 *
 * A trial's rows in the other tables are on the disk before its row in `trials`, which is what makes it count: after a
 * crash at any moment, rows of a trial that is not in `trials` are dropped when the dataset is opened again.
 */
export class DatasetWriter {
  /** Lines that a crash had left behind and that were dropped. */
  readonly droppedLines: number;
  private readonly tables: readonly Table<never>[];
  private readonly finished: TrialRow[];
  private readonly pulsesSoFar: PulseRow[];
  private readonly trialsPart: PartFile<TrialRow>;
  private readonly inferencesPart: PartFile<InferenceRow>;
  private readonly imagesPart: PartFile<ImagesRow>;
  private readonly pulsesPart: PartFile<PulseRow>;
  private readonly hardwarePart: PartFile<HardwareRow>;
  /** Made with its first row: most sweeps choose nothing. */
  private choicesPart: PartFile<ChoiceRow> | undefined;

  /**
   * Opens a dataset, or that of a shard, making it where there is none. Hardware that has become Parquet becomes CSV
   * again.
   */
  static async open(folder: string, provenance: Provenance): Promise<DatasetWriter> {
    if (hasDataPackage(folder)) await convertHardware(folder, "csv");
    return new DatasetWriter(folder, provenance);
  }

  private constructor(
    private readonly folder: string,
    private readonly provenance: Provenance,
  ) {
    const number = numberOf(provenance);
    const trials = PartFile.open(folder, trialsTable, () => true, number);
    this.finished = readPart(folder, trialsTable, number);
    const committed = new Set(this.finished.map(({ trialId }) => trialId));
    const keep = (trialId: string) => committed.has(trialId);
    const inferences = PartFile.open(folder, inferencesTable, keep, number);
    const images = PartFile.open(folder, imagesTable, keep, number);
    const pulses = PartFile.open(folder, pulsesTable, keep, number);
    this.pulsesSoFar = readPart(folder, pulsesTable, number);
    const hardware = PartFile.open(folder, hardwareTable(provenance.features), keep, number);
    const choices = existsSync(join(folder, partPath(choicesTable, "csv", number)))
      ? PartFile.open(folder, choicesTable, keep, number)
      : undefined;
    this.trialsPart = trials.part;
    this.inferencesPart = inferences.part;
    this.imagesPart = images.part;
    this.pulsesPart = pulses.part;
    this.hardwarePart = hardware.part;
    this.choicesPart = choices?.part;
    this.droppedLines = [
      trials,
      inferences,
      images,
      pulses,
      hardware,
      ...(choices === undefined ? [] : [choices]),
    ].reduce((sum, { dropped }) => sum + dropped, 0);
    this.tables = tablesOf(provenance);
    writeDataPackage(folder, "running", provenance, plannedResources(folder, this.tables, number));
  }

  /** The trials that the dataset holds, those from before it was opened included. */
  get trials(): readonly TrialRow[] {
    return this.finished;
  }

  /** How fast the machine was around them, where that is known. */
  get pulses(): readonly PulseRow[] {
    return this.pulsesSoFar;
  }

  /** Makes a trial part of the dataset; when this returns it is on the disk. */
  append({ trial, inferences, images, pulses, hardware, choices = [] }: TrialRecord): void {
    if (choices.length > 0) this.openChoices().append(choices);
    this.inferencesPart.append(inferences);
    this.imagesPart.append(images);
    this.pulsesPart.append(pulses);
    this.hardwarePart.append(hardware);
    this.trialsPart.append([trial]);
    this.finished.push(trial);
    this.pulsesSoFar.push(...pulses);
  }

  private openChoices(): PartFile<ChoiceRow> {
    if (this.choicesPart === undefined) {
      const number = numberOf(this.provenance);
      this.choicesPart = PartFile.open(this.folder, choicesTable, () => true, number).part;
      writeDataPackage(this.folder, "running", this.provenance, plannedResources(this.folder, this.tables, number));
    }
    return this.choicesPart;
  }

  /** Closes the part files and writes the data package. */
  async close(status: "finished" | "interrupted"): Promise<void> {
    const { trialsPart, inferencesPart, imagesPart, pulsesPart, hardwarePart, choicesPart } = this;
    for (const part of [trialsPart, inferencesPart, imagesPart, pulsesPart, hardwarePart]) part.close();
    choicesPart?.close();
    const resources = await measuredResources(this.folder, this.tables, numberOf(this.provenance));
    writeDataPackage(this.folder, status, this.provenance, resources);
  }
}
