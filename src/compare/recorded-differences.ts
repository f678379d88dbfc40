import type { ComparedSide } from "./compared-side.js";

/** Something that is recorded of how both sides were measured, and differs. */
export interface RecordedDifference {
  readonly what: string;
  readonly a: string;
  readonly b: string;
}

const NOT_RECORDED = "not recorded";
/** Two readings of the same memory differ a little. */
const ALIKE = 0.01;

/** What differs between the sides of all that is recorded and can change a measurement. */
export function recordedDifferences(a: ComparedSide, b: ComparedSide): RecordedDifference[] {
  const [recordA, recordB] = [recordOf(a), recordOf(b)];
  return [...new Set([...recordA.keys(), ...recordB.keys()])].flatMap((what) => {
    const [valueA, valueB] = [recordA.get(what) ?? [], recordB.get(what) ?? []];
    return areAlike(valueA, valueB) ? [] : [{ what, a: shown(valueA), b: shown(valueB) }];
  });
}

/** What is recorded, by name: its values over the runs that measured the trials. */
function recordOf({ device, trials, runs, model, design }: ComparedSide): Map<string, unknown[]> {
  const { name, sha256, bytes } = model;
  const { memory_limit_mib, images, idle_ms, hardware_interval_ms, stopping } = design;
  const record = new Map<string, unknown[]>();
  const add = (group: string, values: object) => {
    for (const [key, value] of Object.entries(values)) {
      if (value === undefined) continue;
      const what = `${group} ${key}`;
      record.set(what, [...new Set([...(record.get(what) ?? []), value])]);
    }
  };
  add("model", { name, sha256: sha256?.slice(0, 12), bytes });
  add("device", device);
  for (const { host } of trials) add("machine", { host });
  for (const run of runs) {
    add("machine", run.machine);
    add("version of", run.versions);
    add("environment", run.environment);
  }
  add("design", { memory_limit_mib, images, idle_ms, hardware_interval_ms, ...stopping });
  return record;
}

function areAlike(a: readonly unknown[], b: readonly unknown[]): boolean {
  const [one, other] = [a[0], b[0]];
  if (a.length === 1 && b.length === 1 && typeof one === "number" && typeof other === "number") {
    return Math.abs(one - other) <= ALIKE * Math.max(Math.abs(one), Math.abs(other));
  }
  return shown(a) === shown(b);
}

function shown(values: readonly unknown[]): string {
  if (values.length === 0) return NOT_RECORDED;
  return [...new Set(values.map((value) => (typeof value === "string" ? value : JSON.stringify(value))))]
    .sort()
    .join("; ");
}
