import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Place, Reader, Source } from "../../src/hardware/reading/source.js";
import { valuesByName } from "./fixture-values.js";

/** A tree of kernel files that a test writes itself; the measured process has the id 100 there. */
export interface WrittenTree {
  readonly place: Place;
  write(files: Readonly<Record<string, string>>): void;
  remove(): void;
}

export function writtenTree(files: Readonly<Record<string, string>>): WrittenTree {
  const root = mkdtempSync(join(tmpdir(), "batchwise-tree-"));
  const write = (contents: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(contents)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };
  write(files);
  return {
    place: { procRoot: join(root, "proc"), sysRoot: join(root, "sys"), pid: 100 },
    write,
    remove: () => rmSync(root, { recursive: true }),
  };
}

/** What a source reads of a tree, by feature name; what was there before the read must be gone after it. */
export function valuesOf(source: Source, files: Readonly<Record<string, string>>): Map<string, number> {
  const tree = writtenTree(files);
  const reader = source.open(tree.place);
  const values = readBetween(source, reader);
  reader.close();
  tree.remove();
  return values;
}

const UNTOUCHED = -7.5;

/** Reads into the middle of an array full of old numbers: they must be overwritten, and those around it stay. */
export function readBetween(source: Source, reader: Reader, elapsedMs = Number.NaN): Map<string, number> {
  const count = source.features.length;
  const values = new Float64Array(count + 4).fill(UNTOUCHED);
  reader.read(values, 2, elapsedMs);
  for (const at of [0, 1, count + 2, count + 3]) {
    if (values[at] !== UNTOUCHED) throw new Error(`${source.features[0]?.name}: wrote beside its place`);
  }
  return valuesByName(source, values.subarray(2, count + 2));
}
