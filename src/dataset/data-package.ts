import { existsSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { z } from "zod";
import { readJsonFile, writeJsonFile } from "../core/json-file.js";
import { UserError } from "../core/user-error.js";
import { type Design, designSchema, modelFrom } from "../design/design.js";
import { systemDocumentSchema } from "../hardware/system/system-document.js";
import type { Part } from "./part.js";
import type { Table } from "./table.js";

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

/** One run of a sweep. What data packages of before did not have is missing in them. */
const runSchema = z.object({
  run_id: z.string(),
  started_at: z.string(),
  ended_at: z.string().optional(),
  host: z.string().optional(),
  machine: z.record(z.string(), z.unknown()).optional(),
  versions: z.record(z.string(), z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  /** What was found when it was checked whether the machine was fit for measuring. */
  system: systemDocumentSchema.optional(),
  git_commit: z.string().optional(),
  /** The run of another dataset whose trials were measured in turns with these. */
  paired_with: z.string().optional(),
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
  path: z.string().regex(/^[a-z]+\/part-\d+\.(csv|parquet)$/, "allowed is TABLE/part-N.csv or .parquet"),
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

/**
 * The data package of a dataset, the paths in its design as they are from the root.
 *
 * @throws UserError if the folder holds no dataset or its data package does not fit the schema
 */
export function readDataPackage(folder: string): DataPackage {
  if (!hasDataPackage(folder)) throw new UserError(`dataset ${folder}: no ${FILE} in this folder`);
  const dataPackage = readJsonFile(join(folder, FILE), "data package", dataPackageSchema);
  const { provenance } = dataPackage;
  const { model, images } = provenance.design;
  const design = {
    ...provenance.design,
    model: modelFrom(folder, model),
    ...(images !== undefined && { images: resolve(folder, images) }),
  };
  return { ...dataPackage, provenance: { ...provenance, design } };
}

/**
 * A design as its dataset says it: whoever gets the dataset learns where the model lies beside it, and not whose home
 * that is.
 */
function asSharedFrom(folder: string, design: Design): Design {
  const fromFolder = (path: string) => (isAbsolute(path) ? relative(resolve(folder), path) : path);
  const { model, images } = design;
  return { ...design, model: fromFolder(model), ...(images !== undefined && { images: fromFolder(images) }) };
}

/**
 * Writes datapackage.json. Resources are those of `plannedResources` while a sweep runs, else of `measuredResources`.
 */
export function writeDataPackage(
  folder: string,
  status: DatasetStatus,
  provenance: Provenance,
  resources: readonly Resource[],
): void {
  writeJsonFile(join(folder, FILE), {
    profile: "tabular-data-package",
    name: provenance.design.name,
    title: `Batchwise dataset ${provenance.design.name}`,
    status,
    resources: resources.map(inOrder),
    provenance: { ...provenance, design: asSharedFrom(folder, provenance.design) },
  });
}

const ORDER = ["name", "path", "profile", "format", "mediatype", "encoding", "description", "rows", "bytes", "hash"];

/** A resource that was read has its keys in another order than one that was made; written they are the same. */
function inOrder(resource: Resource): Resource {
  const placeOf = (key: string) => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length);
  const entries = Object.entries(resource).sort(([a], [b]) => placeOf(a) - placeOf(b));
  return Object.fromEntries(entries) as Resource;
}

/** Where a dataset holds a table's rows, if it does. */
export function partOf(folder: string, { resources }: DataPackage, table: Table<never>): Part {
  const parquet = resources.some(({ name, path }) => name === table.name && path.endsWith(".parquet"));
  return { folder, table, format: parquet ? "parquet" : "csv" };
}

/** Keeps the compiler from caring which rows a list of different tables holds. */
export function anyTable<Row>(table: Table<Row>): Table<never> {
  return table as unknown as Table<never>;
}
