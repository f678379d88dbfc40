/** What a device can do, reduced to what the search needs: what it takes by criterion, the objective first. */
export interface StageUse {
  readonly workload: number;
  readonly images: number;
  readonly takes: readonly number[];
}

/** One device: it does one of these things or nothing. Devices that are alike share one list. */
export interface Stage {
  readonly uses: readonly StageUse[];
}

const MOST_LABELS = 400_000;
/** How far above its bound, as a share, the optimum is looked for, one after the other. */
const SLACKS = [0, 1e-4, 1e-3, 1e-2, 0.05, 0.2, 1, Number.POSITIVE_INFINITY];

/**
 * The least total of the first criterion over all ways to use the devices that classify the wanted images and keep
 * every total within its limit.
 *
 * A table per criterion holds the least that the remaining devices need for any number of missing images (dynamic
 * programming from the last device to the first). With one criterion the table is the answer. With more, labels
 * (missing images, totals) run from the first device to the last; one is dropped when what it has and the least that it
 * still needs exceed a limit, or another one with the same missing images has no more of anything. The objective's
 * limit rises from its bound until a plan is found.
 *
 * @returns undefined if there is none
 */
export function searchLabels(
  stages: readonly Stage[],
  wanted: readonly number[],
  limits: readonly number[],
): number | undefined {
  const grid = new MissingGrid(wanted);
  const tables = limits.map((_, criterion) => leastToCome(stages, grid, criterion));
  const least = tables.map((table) => table[0]?.[grid.full] ?? Number.POSITIVE_INFINITY);
  if (least.some((value, criterion) => value > (limits[criterion] ?? 0) || value === Number.POSITIVE_INFINITY)) {
    return undefined;
  }
  const [bound = 0] = least;
  if (limits.length === 1) return bound;
  const [most = 0, ...caps] = limits;
  for (const slack of SLACKS) {
    const limit = Math.min(most, bound + (slack === 0 ? 0 : Math.max(1, Math.abs(bound)) * slack));
    const found = withinLimits(stages, grid, tables, [limit, ...caps]);
    if (found !== undefined || limit === most) return found;
  }
  return undefined;
}

/** The images that are missing of each workload, as one index. */
class MissingGrid {
  readonly size: number;
  readonly full: number;
  private readonly strides: number[] = [];

  constructor(private readonly wanted: readonly number[]) {
    let size = 1;
    for (const images of wanted) {
      this.strides.push(size);
      size *= images + 1;
    }
    this.size = size;
    this.full = size - 1;
  }

  /** The index after so many images of a workload are done; no more are done than are missing. */
  after(index: number, workload: number, images: number): number {
    const stride = this.strides[workload] ?? 1;
    const missing = Math.floor(index / stride) % ((this.wanted[workload] ?? 0) + 1);
    return index - stride * Math.min(missing, images);
  }
}

/**
 * By device and missing images the least of a criterion that this device and those after it need; 0 devices at the end.
 */
function leastToCome(stages: readonly Stage[], grid: MissingGrid, criterion: number): Float64Array[] {
  const end = new Float64Array(grid.size).fill(Number.POSITIVE_INFINITY);
  end[0] = 0;
  const tables = [end];
  for (const { uses } of stages.toReversed()) {
    const next = tables[0] ?? end;
    const table = Float64Array.from(next);
    for (const { workload, images, takes } of frontOf(uses, criterion)) {
      const more = takes[criterion] ?? 0;
      for (let missing = 0; missing < table.length; missing++) {
        const value = more + (next[grid.after(missing, workload, images)] ?? 0);
        if (value < (table[missing] ?? 0)) table[missing] = value;
      }
    }
    tables.unshift(table);
  }
  return tables;
}

/** The uses that matter when only one criterion counts. */
function frontOf(uses: readonly StageUse[], criterion: number): StageUse[] {
  const best = new Map<number, number>();
  const order = uses.toSorted((a, b) => b.images - a.images || (a.takes[criterion] ?? 0) - (b.takes[criterion] ?? 0));
  return order.filter(({ workload, takes }) => {
    const value = takes[criterion] ?? 0;
    if (value >= (best.get(workload) ?? Number.POSITIVE_INFINITY)) return false;
    best.set(workload, value);
    return true;
  });
}

function withinLimits(
  stages: readonly Stage[],
  grid: MissingGrid,
  tables: readonly (readonly Float64Array[])[],
  limits: readonly number[],
): number | undefined {
  let labels = new Map<number, number[][]>([[grid.full, [limits.map(() => 0)]]]);
  for (const [place, { uses }] of stages.entries()) {
    const rest = tables.map((table) => table[place + 1]);
    const next = new Map<number, number[][]>();
    let count = 0;
    const add = (missing: number, totals: number[]) => {
      if (totals.some((value, index) => value + (rest[index]?.[missing] ?? 0) > (limits[index] ?? 0))) return;
      const others = next.get(missing) ?? [];
      if (others.some((other) => other.every((value, index) => value <= (totals[index] ?? 0)))) return;
      const kept = others.filter((other) => !totals.every((value, index) => value <= (other[index] ?? 0)));
      kept.push(totals);
      count += kept.length - others.length;
      next.set(missing, kept);
      if (count > MOST_LABELS) throw new RangeError("question: too many ways to try");
    };
    for (const [missing, own] of labels) {
      for (const totals of own) {
        add(missing, totals);
        for (const use of uses) {
          add(
            grid.after(missing, use.workload, use.images),
            totals.map((value, index) => value + (use.takes[index] ?? 0)),
          );
        }
      }
    }
    labels = next;
  }
  const done = labels.get(0);
  return done?.reduce((least, [value = 0]) => Math.min(least, value), Number.POSITIVE_INFINITY);
}
