import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { z } from "zod";
import { groupBy } from "../core/group-by.js";
import { readJsonFile } from "../core/json-file.js";
import { once } from "../core/once.js";
import { PACKAGE_ROOT } from "../core/package-root.js";
import { UserError } from "../core/user-error.js";
import { type ImportedRow, knownFigures } from "./imported-row.js";

const sourceSchema = z.object({
  source: z.string(),
  repository: z.string(),
  commit: z.string().regex(/^[0-9a-f]{40}$/),
  path: z.string(),
  measured_by: z.string(),
  licence: z.string(),
});
/** Where published figures stand, and what their licence says. */
export type PublishedSource = z.infer<typeof sourceSchema>;

/** A curve of latency against mini-batch that others published. */
export interface PublishedCurve {
  /** Its number in the catalogue. */
  readonly curve: string;
  /** `efficientnet-b0 on A100 80GB, tf32`; with the runtime where others would have the same. */
  readonly name: string;
  readonly device: string;
  readonly model: string;
  readonly precision: string;
  /** Empty where it is not published. */
  readonly runtime: string;
  readonly inputSizePx: number | undefined;
  readonly top1Percent: number | undefined;
  readonly source: PublishedSource;
  /** Smallest mini-batch first. */
  readonly rows: readonly ImportedRow[];
}

const FOLDER = join(PACKAGE_ROOT, "data", "published");

type Cells = Readonly<Record<string, string>>;

/** All published curves, by their numbers. */
export const publishedCurves: () => readonly PublishedCurve[] = once(() => {
  const sources = new Map(
    readJsonFile(join(FOLDER, "sources.json"), "published sources", z.array(sourceSchema)).map((of) => [of.source, of]),
  );
  const lines: Cells[] = parse(readFileSync(join(FOLDER, "offline.csv")), { columns: true });
  const curves = [...groupBy(lines, ({ curve = "" }) => curve)].flatMap(([curve, rows]) => {
    const [first] = rows;
    const source = sources.get(first?.source ?? "");
    if (first === undefined || source === undefined) throw new RangeError(`published curve ${curve}: no source`);
    const { device = "", model = "", precision = "", runtime = "" } = first;
    return [
      {
        ...{ curve, device, model, precision, runtime, source },
        inputSizePx: numberIn(first, "input_size_px"),
        top1Percent: numberIn(first, "top1_percent"),
        rows: rows.map((row) => rowOf(curve, row)).sort((a, b) => a.miniBatchSize - b.miniBatchSize),
      },
    ];
  });
  const named = groupBy(curves, shortName);
  return curves.map((curve) => {
    const isOnly = named.get(shortName(curve))?.length === 1;
    return { ...curve, name: isOnly ? shortName(curve) : `${shortName(curve)}, ${curve.runtime}` };
  });
});

function shortName({ device, model, precision }: Pick<PublishedCurve, "device" | "model" | "precision">): string {
  return `${model} on ${device.replace(/^NVIDIA /, "")}, ${precision}`;
}

function numberIn(cells: Cells, key: string): number | undefined {
  const cell = cells[key] ?? "";
  return cell === "" ? undefined : Number(cell);
}

function rowOf(curve: string, cells: Cells): ImportedRow {
  const miniBatchSize = Number(cells.mini_batch_size);
  const figures = {
    inputSizePx: numberIn(cells, "input_size_px"),
    meanMs: numberIn(cells, "latency_mean_ms"),
    p50Ms: numberIn(cells, "latency_p50_ms"),
    p90Ms: numberIn(cells, "latency_p90_ms"),
    p95Ms: numberIn(cells, "latency_p95_ms"),
    p99Ms: numberIn(cells, "latency_p99_ms"),
    imagesPerS: numberIn(cells, "images_per_s"),
    powerW: numberIn(cells, "power_w"),
    idlePowerW: numberIn(cells, "idle_power_w"),
  };
  return {
    place: `published:${curve} mini-batch ${miniBatchSize}`,
    miniBatchSize,
    ...knownFigures(figures),
  };
}

/**
 * The curve of a number or a name; a part of a name is enough where it is the only one.
 *
 * @throws UserError if there is none, or several
 * @example
 * publishedCurve("efficientnet-b0 on A100 80GB, tf32").curve; // "15"
 */
export function publishedCurve(name: string): PublishedCurve {
  const curves = publishedCurves();
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replaceAll(/[\s,]+/g, " ")
      .trim();
  const exact = curves.find(
    ({ curve, name: own }) => curve === name.replace(/^published:/, "") || plain(own) === plain(name),
  );
  if (exact !== undefined) return exact;
  const words = plain(name.replace(/^published:/, "")).split(" ");
  const found = curves.filter(({ name: own }) => words.every((word) => plain(own).split(" ").includes(word)));
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return only;
  const allowed =
    only === undefined
      ? "allowed are those of `batchwise devices list`"
      : `${found.length} have that in their name: ${found.map((of) => `${of.curve} (${of.name})`).join("; ")}`;
  throw new UserError(`published device ${JSON.stringify(name)}: ${only === undefined ? "none, " : ""}${allowed}`);
}
