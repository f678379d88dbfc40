import { parseNumber } from "../../core/units.js";
import type { OfferedFunctions } from "../../fleet/given-devices.js";
import type { WrittenQuestion } from "../../fleet/written-question.js";
import { PLAN_CLASSES, type PlanClass } from "../../plan/answer/plan-document.js";
import type { GivenFunctions } from "../../plan/question/device-entry.js";

/** A row of the devices' table as its reader wrote it. */
export interface DeviceRow {
  /** The label of functions that the page offers, or the reader's own. */
  readonly functions: string | GivenFunctions;
  readonly name: string;
  readonly count: string;
  readonly price_per_hour?: string;
  readonly max_mini_batch_size?: string;
  readonly max_uses?: string;
}

/** Everything that a reader set: a link carries it. */
export interface PlannerState {
  readonly planClass: PlanClass;
  readonly question: WrittenQuestion;
  readonly rows: readonly DeviceRow[];
}

/** What a page that plans carries. */
export interface PlannerData {
  readonly offered: readonly OfferedFunctions[];
  readonly start: PlannerState;
}

/** What each class of plans can be asked, and what only some can. */
const OPTIONS = [
  ...["objective", "billing", "start", "maxLatency", "maxCost", "maxEnergyJ", "maxPowerW", "maxSizes"],
  ...["miniBatchSize", "confidence", "pareto"],
];
export const OPTIONS_OF_CLASS: Readonly<Record<PlanClass, readonly string[]>> = {
  soft: ["images", "deadline"],
  hard: ["images", "deadline"],
  relaxed: ["budget"],
  "best-effort": ["images"],
};

/** The columns of the table whose cells are numbers. */
export const NUMBERS = ["count", "price_per_hour", "max_mini_batch_size", "max_uses"] as const;

/** A state as what stands behind `#` in a link. */
export function hashOf({ planClass, question, rows }: PlannerState): string {
  const parts = new URLSearchParams({ class: planClass });
  for (const [key, value] of Object.entries(question))
    for (const text of [value].flat()) parts.append(key, String(text));
  for (const row of rows) parts.append("device", JSON.stringify(row));
  return `#${parts}`;
}

/** What a link carries; undefined where it carries none. */
export function stateOfHash(hash: string): PlannerState | undefined {
  const parts = new URLSearchParams(hash.slice(1));
  const planClass = PLAN_CLASSES.find((name) => name === parts.get("class"));
  if (planClass === undefined) return undefined;
  const workload = parts.getAll("workload");
  const options = [...OPTIONS, ...OPTIONS_OF_CLASS[planClass]].flatMap((key) => {
    const text = parts.get(key);
    return text === null ? [] : [[key, text] as const];
  });
  return {
    planClass,
    question: {
      start: "loaded",
      ...Object.fromEntries(options),
      ...(workload.length > 0 && { workload }),
      ...(parts.get("shorterLast") === "true" && { shorterLast: true }),
    },
    rows: parts.getAll("device").flatMap(rowOf),
  };
}

/** A row that a link carries: whatever it says, the device file's schema judges its values. */
function rowOf(text: string): DeviceRow[] {
  try {
    const row: unknown = JSON.parse(text);
    return typeof row === "object" && row !== null ? [row as DeviceRow] : [];
  } catch {
    return [];
  }
}

/** The device file that rows stand for; what its schema refuses it says by itself. */
export function deviceFileOf(rows: readonly DeviceRow[], offered: readonly OfferedFunctions[]): { devices: object[] } {
  return {
    devices: rows.map(({ functions, name, ...row }) => {
      const given =
        typeof functions === "string" ? offered.find(({ label }) => label === functions)?.device : functions;
      const numbers = NUMBERS.flatMap((key) => {
        const text = row[key];
        return text === undefined || text === "" ? [] : [[key, parseNumber(text) ?? text] as const];
      });
      return { ...given, name, ...Object.fromEntries(numbers) };
    }),
  };
}

/** The names of the workloads that rows have functions for; none where they serve any one. */
export function workloadsOf(rows: readonly DeviceRow[], offered: readonly OfferedFunctions[]): string[] {
  const named = rows.flatMap(({ functions }) => {
    const device = offered.find(({ label }) => label === functions)?.device;
    return device !== undefined && "workloads" in device ? Object.keys(device.workloads ?? {}) : [];
  });
  return [...new Set(named)];
}
