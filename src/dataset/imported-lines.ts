import { type ImportedProvenance, readDataPackage } from "./data-package.js";

/** Where an imported dataset comes from and what is unknown, for people, one line each; none of a sweep's. */
export function importedLines(imported: ImportedProvenance | undefined): string[] {
  if (imported === undefined) return [];
  const { device, unknown, notes } = imported;
  return [`${device}: ${measuredBy(imported)}; unknown: ${unknown.join(", ")}`, ...notes];
}

/** `measured by its README (NVIDIA/DeepLearningExamples), imported from a.csv`. */
export function measuredBy({ measured_by, source, format, files }: ImportedProvenance): string {
  const from = files.length === 0 ? format : files.map(({ name }) => name).join(", ");
  return `measured by ${measured_by ?? "others"}${source === undefined ? "" : ` (${source})`}, imported from ${from}`;
}

/** The same of a dataset's folder. */
export function importedLinesOf(folder: string): string[] {
  return importedLines(readDataPackage(folder).provenance.imported);
}
