import { join } from "node:path";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import type { Place, Source } from "../../src/hardware/reading/source.js";

/** A recorded or hand-made tree of kernel files; the measured process has the id 100 there. */
export function fixturePlace(kernel: string): Place {
  const root = join(PACKAGE_ROOT, "test/fixtures/proc", kernel);
  return { procRoot: join(root, "proc"), sysRoot: join(root, "sys"), pid: 100 };
}

/** What a source reads at a place, by feature name; a missing value is left out. */
export function valuesAt(source: Source, place: Place): Map<string, number> {
  const reader = source.open(place);
  const values = new Float64Array(source.features.length);
  reader.read(values, 0, Number.NaN);
  reader.close();
  return valuesByName(source, values);
}

export function valuesByName(source: Source, values: Float64Array): Map<string, number> {
  const found = source.features.map((feature, index) => [feature.name, values[index] ?? Number.NaN] as const);
  return new Map(found.filter(([, value]) => !Number.isNaN(value)));
}
