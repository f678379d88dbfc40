import { UserError } from "../../core/user-error.js";
import { bare } from "./read-number.js";
import { plainOf } from "./table-columns.js";
import type { CellRow, TableHead } from "./table-lines.js";

/** Whether rows of one mini-batch are repeated is told by so many rows. */
const LOOKED_AT = 1000;
/** So many values of another column are told apart. */
const MOST_VALUES = 20;
/** So many of them are named in a message, beside the first. */
const MOST_NAMED = 4;
/** Columns that tell measurements apart even where they hold numbers, and no mini-batch is there twice. */
const TELLING =
  /\b(gpus?|devices?|hardware|accelerators?|precision|dtype|data type|models?|network|framework|runtime|backend|threads|instances?|cores|version)\b/i;
/** What is measured of those, or of what is not an inference. */
const MEASURED =
  /[%°]|[[(].*[\])]|\b(util\w*|mem|memory|vram|ram|power|temp\w*|clocks?|frequency|usage|time|latency|speed\w*|energy|size|load|throughput|fps|params|flops|macs|min|max|avg|mean|std|bytes|m[si]?b|g[i]?b|ms|us|w|transfer)\b/i;

/** Columns that are not used, and the rows that the user wants by their values. */
export class OtherColumns {
  private readonly values = new Map<number, Set<string>>();
  private readonly wanted: readonly (readonly [number, string])[];
  private readonly seen = new Set<string>();
  private isRepeated = false;
  private hasOther = false;
  private hasMeant = false;
  private readonly offered = new Map<number, Set<string>>();

  constructor(
    private readonly head: TableHead,
    where: ReadonlyMap<string, string>,
  ) {
    const used = new Set(Object.values(head.columns).map(({ index }) => index));
    for (const index of head.headers.keys()) if (!used.has(index)) this.values.set(index, new Set());
    this.wanted = [...where].map(([name, value]) => {
      const index = head.headers.findIndex((header) => plainOf(header).toLowerCase() === name.toLowerCase());
      if (index >= 0) return [index, value] as const;
      throw new UserError(
        `--where ${name}=${value}: no such column, the table has ${head.headers.map(plainOf).join(", ")}`,
      );
    });
  }

  isMeant({ cells }: CellRow): boolean {
    this.hasOther = true;
    for (const [index] of this.wanted) keep(this.offered, index, bare(cells[index] ?? ""));
    const isMeant = this.wanted.every(
      ([index, value]) => bare(cells[index] ?? "").toLowerCase() === value.toLowerCase(),
    );
    if (isMeant) this.hasMeant = true;
    return isMeant;
  }

  add({ cells }: CellRow, cell: string): void {
    if (this.seen.size < LOOKED_AT) {
      if (this.seen.has(cell)) this.isRepeated = true;
      this.seen.add(cell);
    }
    for (const [index, values] of this.values) {
      if (values.size <= MOST_VALUES) values.add(bare(cells[index] ?? ""));
    }
  }

  /** @throws UserError if rows of one mini-batch are of several devices, precisions or the like, or none is left */
  requireOne(name: string): void {
    if (this.hasOther && !this.hasMeant) {
      const [index = 0, value = ""] = this.wanted[0] ?? [];
      const has = [...(this.offered.get(index) ?? [])].join(", ");
      throw new UserError(
        `--where ${plainOf(this.head.headers[index] ?? "")}=${value}: no row of ${name}, it has ${has}`,
      );
    }
    for (const [index, values] of this.values) {
      const header = plainOf(this.head.headers[index] ?? "");
      const isTelling = TELLING.test(header) && !MEASURED.test(header.replaceAll("_", " "));
      if (values.size < 2 || !(isTelling || (this.isRepeated && isInWords(values)))) continue;
      const [first, ...rest] = values;
      const more = rest.length > MOST_NAMED ? " and others" : "";
      throw new UserError(
        `${name}: ${this.isRepeated ? "rows of one mini-batch" : "rows"} with several values of ${header}, ${[first, ...rest.slice(0, MOST_NAMED)].join(", ")}${more}; allowed is --where "${header}=${first}"`,
      );
    }
  }
}

/** A few words that come again, not remarks or numbers. */
function isInWords(values: ReadonlySet<string>): boolean {
  return values.size <= MOST_VALUES && [...values].every((value) => value !== "" && !/\d/.test(value));
}

function keep(map: Map<number, Set<string>>, index: number, value: string): void {
  const values = map.get(index) ?? new Set();
  if (values.size < MOST_VALUES) values.add(value);
  map.set(index, values);
}
