import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJsonFile, writeJsonFile } from "../core/json-file.js";
import { UserError } from "../core/user-error.js";
import { designSchema } from "../design/design.js";
import { columnRanges, partPath, readPart } from "./part-file.js";
import { columnsOf, type Table } from "./table.js";

const featureSchema = z.object({
  name: z.string(),
  unit: z.string(),
  kind: z.enum(["gauge", "counter", "rate", "ratio", "flag"]),
  scope: z.enum(["machine", "process", "device", "runtime", "model"]),
  source: z.string(),
  description: z.string(),
  knownBefore: z.boolean(),
});

const modelSchema = z.object({
  name: z.string(),
  sha256: z.string(),
  bytes: z.number(),
  parameters: z.number(),
  /** What is known of the model at each input size, per image. */
  sizes: z.array(z.object({ input_size_px: z.number(), multiply_adds: z.number(), activation_bytes: z.number() })),
});

/** One run of a sweep. Its host, machine, versions and environment are missing in data packages of before they had any. */
const runSchema = z.object({
  run_id: z.string(),
  started_at: z.string(),
  ended_at: z.string().optional(),
  host: z.string().optional(),
  machine: z.record(z.string(), z.unknown()).optional(),
  versions: z.record(z.string(), z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  git_commit: z.string().optional(),
});

const provenanceSchema = z.object({
  design: designSchema,
  model: modelSchema,
  /** Of the first run, and of every other that does not say its own. */
  machine: z.record(z.string(), z.unknown()),
  versions: z.record(z.string(), z.string()),
  git_commit: z.string().optional(),
  features: z.array(featureSchema),
  unavailable_features: z.array(z.object({ name: z.string(), reason: z.string() })),
  runs: z.array(runSchema),
});

const resourceSchema = z.looseObject({
  name: z.string(),
  path: z.string().regex(/^[a-z]+\/part-\d+\.csv$/, "allowed is TABLE/part-N.csv"),
  bytes: z.number().optional(),
  hash: z.string().optional(),
  rows: z.number().optional(),
});

const dataPackageSchema = z.looseObject({
  profile: z.literal("tabular-data-package"),
  name: z.string(),
  status: z.enum(["running", "interrupted", "finished"]),
  provenance: provenanceSchema,
  resources: z.array(resourceSchema),
});

/** How a dataset came to be: design, model, machine, versions, features and runs. */
export type Provenance = z.infer<typeof provenanceSchema>;
export type ModelProvenance = z.infer<typeof modelSchema>;
/** The contents of datapackage.json: a Frictionless Data Package with Batchwise's provenance. */
export type DataPackage = z.infer<typeof dataPackageSchema>;
export type DatasetStatus = DataPackage["status"];
export type Resource = z.infer<typeof resourceSchema>;

const FILE = "datapackage.json";

export function hasDataPackage(folder: string): boolean {
  return existsSync(join(folder, FILE));
}

/** @throws UserError if the folder holds no dataset or its data package does not fit the schema */
export function readDataPackage(folder: string): DataPackage {
  if (!hasDataPackage(folder)) throw new UserError(`dataset ${folder}: no ${FILE} in this folder`);
  return readJsonFile(join(folder, FILE), "data package", dataPackageSchema);
}

/**
 * Writes datapackage.json. Row counts, hashes and ranges are read from the part files, and only once a run has ended:
 * while it is running they would be wrong with the next trial.
 *
 * @param tables all that the dataset can hold; those without a part file are left out
 */
export function writeDataPackage(
  folder: string,
  status: DatasetStatus,
  provenance: Provenance,
  tables: readonly Table<never>[],
): void {
  writeJsonFile(join(folder, FILE), {
    profile: "tabular-data-package",
    name: provenance.design.name,
    title: `Batchwise dataset ${provenance.design.name}`,
    status,
    resources: tables
      .filter((table) => existsSync(join(folder, partPath(table))))
      .map((table) => resourceOf(folder, table, status !== "running")),
    provenance,
  });
}

/** One table as a resource of the data package: its Table Schema and, once measured, what its part file holds. */
function resourceOf(folder: string, table: Table<never>, measured: boolean): Resource {
  const ranges = measured ? columnRanges(table, readPart(folder, table)) : {};
  return {
    name: table.name,
    path: partPath(table),
    profile: "tabular-data-resource",
    format: "csv",
    mediatype: "text/csv",
    encoding: "utf-8",
    description: table.description,
    ...(measured && fingerprint(join(folder, partPath(table)))),
    schema: {
      fields: columnsOf(table).map(([, column]) => ({
        name: column.header,
        type: column.type,
        description: column.description,
        ...(column.unit !== undefined && { unit: column.unit }),
        ...(!column.optional && { constraints: { required: true, ...(column.allowed && { enum: column.allowed }) } }),
        ...ranges[column.header],
      })),
      missingValues: [""],
      ...(table.primaryKey.length > 0 && { primaryKey: table.primaryKey.map((key) => headerOf(table, key)) }),
      ...(table.belongsToTrial && {
        foreignKeys: [{ fields: "trial_id", reference: { resource: "trials", fields: "trial_id" } }],
      }),
    },
  };
}

function headerOf(table: Table<never>, key: string): string {
  return columnsOf(table).find(([name]) => name === key)?.[1].header ?? key;
}

/** Row count, size and hash of a part file, as the data package records them. */
export function fingerprint(path: string): { rows: number; bytes: number; hash: string } {
  const contents = readFileSync(path);
  let lines = 0;
  for (const byte of contents) if (byte === 0x0a) lines++;
  return {
    rows: lines - 1,
    bytes: contents.length,
    hash: `sha256:${createHash("sha256").update(contents).digest("hex")}`,
  };
}

/** Keeps the compiler from caring which rows a list of different tables holds. */
export function anyTable<Row>(table: Table<Row>): Table<never> {
  return table as unknown as Table<never>;
}
