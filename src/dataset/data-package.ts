import { existsSync, readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { z } from "zod";
import { readJsonFile, writeJsonFile } from "../core/json-file.js";
import { hasKey, oneOfForms } from "../core/one-of-forms.js";
import { UserError } from "../core/user-error.js";
import { designSchema, importedDesignSchema, modelFrom, type RecordedDesign } from "../design/design.js";
import { parseShard, type Shard, shardName } from "../design/shard.js";
import { systemDocumentSchema } from "../hardware/system/system-document.js";
import { isEfficientNetName } from "../model/efficientnet-layers.js";
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
  /** The file's; in data packages of before the graph's. */
  name: z.string(),
  /** What the exporter called the graph. */
  graph_name: z.string().optional(),
  /** Not known of a model that others measured, as bytes and parameters. */
  sha256: z.string().optional(),
  bytes: z.number().optional(),
  parameters: z.number().optional(),
  /** What is known of the model at each input size, per image. */
  sizes: z.array(z.object({ input_size_px: z.number(), multiply_adds: z.number(), activation_bytes: z.number() })),
});

/** One run of a sweep. What data packages of before did not have is missing in them. */
const runSchema = z.object({
  run_id: z.string(),
  /** Not known where others measured. */
  started_at: z.string().optional(),
  ended_at: z.string().optional(),
  host: z.string().optional(),
  machine: z.record(z.string(), z.unknown()).optional(),
  versions: z.record(z.string(), z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  /** What was found when it was checked whether the machine was fit for measuring. */
  system: systemDocumentSchema.optional(),
  git_commit: z.string().optional(),
  /** The part of the design that it measured, as in 2/8, where that was not all of it. */
  shard: z.string().optional(),
  /** Whether it measured all that was left of its shard. */
  finished: z.boolean().optional(),
  /** The run of another dataset whose trials were measured in turns with these. */
  paired_with: z.string().optional(),
});

/** Where measurements come from that Batchwise did not make. */
const importedSchema = z.object({
  format: z.string(),
  files: z.array(z.object({ name: z.string(), bytes: z.number(), sha256: z.string() })),
  device: z.string(),
  measured_by: z.string().optional(),
  source: z.string().optional(),
  licence: z.string().optional(),
  /** What a dataset of a sweep would say and this one does not. */
  unknown: z.array(z.string()),
  /** How figures were read, and which were left out, one line each. */
  notes: z.array(z.string()),
});

const provenanceSchema = z.object({
  design: oneOfForms<RecordedDesign>([designSchema, importedDesignSchema], (value) =>
    hasKey(value, "imported") ? importedDesignSchema : designSchema,
  ),
  imported: importedSchema.optional(),
  /** The part of the design that is in the dataset, where that is not all of it. */
  shard: z.strictObject({ index: z.int().min(1), of: z.int().min(1) }).optional(),
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
/** Where an imported dataset comes from. */
export type ImportedProvenance = z.infer<typeof importedSchema>;
export type ModelProvenance = z.infer<typeof modelSchema>;
/** The contents of datapackage.json: a Frictionless Data Package with Batchwise's provenance. */
export type DataPackage = z.infer<typeof dataPackageSchema>;
export type DatasetStatus = DataPackage["status"];
export type Resource = z.infer<typeof resourceSchema>;

const FILE = "datapackage.json";
const SHARD_FILE = /^datapackage-(\d+)-of-(\d+)\.json$/;

/** Each shard has one of its own, so that several machines write to one folder without waiting for each other. */
function fileNameOf(shard: Shard | undefined): string {
  return shard === undefined ? FILE : `datapackage-${shard.index}-of-${shard.of}.json`;
}

/** Whether a folder holds a dataset, or that of one shard. */
export function hasDataPackage(folder: string, shard?: Shard): boolean {
  return existsSync(join(folder, fileNameOf(shard)));
}

/** The shards whose datasets a folder holds, in their order. */
export function shardsIn(folder: string): Shard[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .flatMap((name) => {
      const [, index, of] = SHARD_FILE.exec(name) ?? [];
      return index === undefined ? [] : [parseShard(join(folder, name), `${index}/${of}`)];
    })
    .toSorted((a, b) => a.of - b.of || a.index - b.index);
}

/**
 * The data package of a dataset, the paths in its design as they are from the root.
 *
 * @param shard where the folder holds those of several
 * @throws UserError if the folder holds no dataset or its data package does not fit the schema
 */
export function readDataPackage(folder: string, shard?: Shard): DataPackage {
  if (!hasDataPackage(folder, shard)) throw new UserError(`dataset ${folder}: ${whyNone(folder, shard)}`);
  const dataPackage = readJsonFile(join(folder, fileNameOf(shard)), "data package", dataPackageSchema);
  const { provenance } = dataPackage;
  const { model, images, imported } = provenance.design;
  if (imported) return dataPackage; // its model is a name
  const design = {
    ...provenance.design,
    model: modelFrom(folder, model),
    ...(images !== undefined && { images: resolve(folder, images) }),
  };
  return { ...dataPackage, provenance: { ...provenance, design } };
}

function whyNone(folder: string, shard: Shard | undefined): string {
  const shards = shard === undefined ? shardsIn(folder) : [];
  if (shards.length === 0) return `no ${fileNameOf(shard)} in this folder`;
  const [first] = shards;
  const those = shards.length === 1 ? `shard ${first && shardName(first)}` : `${shards.length} shards`;
  return `holds ${those}, make it one dataset first (dataset merge ${folder} --out DIR)`;
}

/**
 * A design as its dataset says it: whoever gets the dataset learns where the model lies beside it, and not whose home
 * that is.
 */
function asSharedFrom(folder: string, design: RecordedDesign): RecordedDesign {
  if (design.imported) return design;
  const { model, images } = design;
  // A path of a program's own design is one from where it runs.
  const fromFolder = (path: string) => (isEfficientNetName(path) ? path : relative(resolve(folder), resolve(path)));
  return { ...design, model: fromFolder(model), ...(images !== undefined && { images: fromFolder(images) }) };
}

/**
 * Writes datapackage.json, or that of a shard. Resources are those of `plannedResources` while a sweep runs, else of
 * `measuredResources`.
 */
export function writeDataPackage(
  folder: string,
  status: DatasetStatus,
  provenance: Provenance,
  resources: readonly Resource[],
): void {
  writeJsonFile(join(folder, fileNameOf(provenance.shard)), {
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
export function partOf(folder: string, { resources, provenance }: DataPackage, table: Table<never>): Part {
  const parquet = resources.some(({ name, path }) => name === table.name && path.endsWith(".parquet"));
  return { folder, table, format: parquet ? "parquet" : "csv", number: numberOf(provenance) };
}

/** What the part files of a dataset are numbered with. */
export function numberOf({ shard }: Pick<Provenance, "shard">): number {
  return shard?.index ?? 0;
}

/** Keeps the compiler from caring which rows a list of different tables holds. */
export function anyTable<Row>(table: Table<Row>): Table<never> {
  return table as unknown as Table<never>;
}
