import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { SeededRandom } from "../../src/core/seeded-random.js";
import { type BaseInputs, tinyDesign } from "./base-inputs.js";
import { type Format, mutated } from "./mutations.js";

/** A command that is given one file with a mistake. */
export interface FieldCase {
  readonly kind: string;
  readonly args: readonly string[];
}

interface Kind {
  readonly name: string;
  /** How often it is drawn: what takes long is drawn seldom. */
  readonly weight: number;
  make(base: BaseInputs, folder: string, random: SeededRandom): readonly string[];
}

/** Writes a changed copy of a file. */
function changed(path: string, folder: string, format: Format, random: SeededRandom): string {
  const target = join(folder, basename(path));
  writeFileSync(target, mutated(readFileSync(path), format, random));
  return target;
}

/** A dataset of which one file has a mistake; the others are those of the base. */
function changedDataset(base: BaseInputs, file: string, format: Format, folder: string, random: SeededRandom): string {
  const dataset = join(folder, "dataset");
  mkdirSync(dataset);
  for (const name of readdirSync(base.dataset)) {
    if (name !== dirname(file) && name !== file) symlinkSync(join(base.dataset, name), join(dataset, name));
  }
  mkdirSync(join(dataset, dirname(file)), { recursive: true });
  writeFileSync(join(dataset, file), mutated(readFileSync(join(base.dataset, file)), format, random));
  return dataset;
}

type Command = (dataset: string, folder: string) => readonly string[];

const CHECK: Command = (dataset) => ["dataset", "check", dataset];
const FIT: Command = (dataset) => ["fit", dataset];
const CLAIMS: Command = (dataset) => ["claims", dataset];
const EXPORT: Command = (dataset, folder) => ["dataset", "export", dataset, "--out", join(folder, "parquet")];
const DESCRIBE: Command = (dataset) => ["dataset", "describe", dataset];
const RANK: Command = (dataset) => ["rank", dataset, "--question", "explain", "--trees", "2"];
const REPORT: Command = (dataset) => ["execute", "--report", dataset];
const PLAN: Command = (dataset) => ["plan", "soft", dataset, "--images", "20", "--deadline", "1s", "--size", "24"];
const FIGURE: Command = (dataset, folder) => [
  ...["figures", dataset, "--only", "inference-time", "--out", join(folder, "figures")],
];

/** A part of a dataset, and the commands that read it. */
function ofDataset(name: string, file: string, format: Format, weight: number, commands: readonly Command[]): Kind {
  return {
    name,
    weight,
    make(base, folder, random) {
      const dataset = changedDataset(base, file, format, folder, random);
      return (commands[random.integer(0, commands.length - 1)] ?? CHECK)(dataset, folder);
    },
  };
}

const KINDS: readonly Kind[] = [
  {
    name: "design",
    weight: 8,
    make(base, folder, random) {
      copyFileSync(base.model, join(folder, basename(base.model)));
      const part = random.uniform() < 0.5 ? "check" : "show";
      return ["design", part, changed(base.design, folder, "json", random)];
    },
  },
  {
    name: "device file",
    weight: 10,
    make: (base, folder, random) => [
      ...["plan", "soft", "--devices", changed(base.devices, folder, "json", random)],
      ...["--images", "100", "--deadline", "1s"],
    ],
  },
  {
    name: "theme",
    weight: 3,
    make: (base, folder, random) => [
      ...["figures", base.dataset, "--only", "inference-time", "--out", join(folder, "figures")],
      ...["--theme", changed(base.theme, folder, "json", random)],
    ],
  },
  {
    name: "claims file",
    weight: 6,
    make: (base, folder, random) => [
      ...["claims", base.dataset, "--claims", changed(base.claims, folder, "json", random)],
    ],
  },
  {
    name: "plan",
    weight: 4,
    make: (base, folder, random) => [
      ...["execute", changed(base.plan, folder, "json", random), "--out", join(folder, "executed")],
    ],
  },
  {
    name: "model",
    weight: 6,
    make: (base, folder, random) => [
      ...["model", "describe", changed(base.model, folder, "binary", random), "--sizes", "24"],
    ],
  },
  {
    name: "image",
    weight: 0.4,
    make(base, folder, random) {
      cpSync(base.images, join(folder, "images"), { recursive: true });
      copyFileSync(base.model, join(folder, basename(base.model)));
      const name = random.uniform() < 0.5 ? "a.png" : "b.jpg";
      changed(join(base.images, name), join(folder, "images"), "binary", random);
      const one = { images: "images", input_sizes_px: [24], mini_batch_sizes: [1], pulse: false };
      writeFileSync(join(folder, "design.json"), JSON.stringify(tinyDesign(1, one)));
      return ["sweep", "--design", join(folder, "design.json"), "--out", join(folder, "out")];
    },
  },
  ofDataset("datapackage.json", "datapackage.json", "json", 10, [CHECK, DESCRIBE, FIT, CLAIMS, EXPORT, PLAN]),
  ofDataset("trials", "trials/part-0.csv", "csv", 10, [CHECK, FIT, CLAIMS, EXPORT, RANK, PLAN, FIGURE]),
  ofDataset("inferences", "inferences/part-0.csv", "csv", 6, [CHECK, FIT, EXPORT]),
  ofDataset("images", "images/part-0.csv", "csv", 4, [CHECK, EXPORT]),
  ofDataset("pulses", "pulses/part-0.csv", "csv", 5, [CHECK, FIT, EXPORT]),
  ofDataset("hardware", "hardware/part-0.csv", "csv", 4, [CHECK, EXPORT, RANK]),
  ofDataset("executions", "executions/part-0.csv", "csv", 5, [CHECK, REPORT, EXPORT]),
];

/** The kinds of files that are mutated. */
export const KIND_NAMES = KINDS.map(({ name }) => name);

/**
 * Draws a case and writes its files into an empty folder.
 *
 * @param index the first cases take one of each kind in turn
 */
export function makeCase(base: BaseInputs, folder: string, index: number, random: SeededRandom): FieldCase {
  const kind = KINDS[index] ?? drawKind(random);
  mkdirSync(folder, { recursive: true });
  return { kind: kind.name, args: kind.make(base, folder, random) };
}

function drawKind(random: SeededRandom): Kind {
  let left = random.uniform() * KINDS.reduce((sum, { weight }) => sum + weight, 0);
  for (const kind of KINDS) {
    left -= kind.weight;
    if (left < 0) return kind;
  }
  return KINDS[0] as Kind;
}
