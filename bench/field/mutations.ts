import type { SeededRandom } from "../../src/core/seeded-random.js";

/** A file's content after a mistake of a person, a program or a disk. */
export type Mutation = (content: Buffer, random: SeededRandom) => Buffer;

/** What stands where something else should: empty, of another type, out of range, dangerous on a terminal. */
const STRANGE: readonly unknown[] = [
  ...[null, true, "", "x", 0, -1, 0.5, 1e308, -1e-300, 2 ** 53, [], {}, [[]], [null], { a: { b: [] } }],
  ...["=1+1", "\u001b[2J\u001b]0;x\u0007", "a\nb", "../../../etc/passwd", "/dev/full", "NaN", "1e999", "𝕏\u202e", "\0"],
  ...["a".repeat(10_000), "toString", "__proto__", [1, "2", null], -0, 2 ** 31, "1_000", "1,5", " 1 "],
];

function drawn<Item>(items: readonly Item[], random: SeededRandom): Item {
  return items[random.integer(0, items.length - 1)] as Item;
}

/** Where content is cut, doubled or overwritten: some bytes, or much of it. */
function range(length: number, random: SeededRandom): [number, number] {
  const from = random.integer(0, Math.max(0, length - 1));
  return [from, Math.min(length, from + 1 + random.integer(0, drawn([4, 64, length], random)))];
}

const DISK: readonly Mutation[] = [
  (content, random) => content.subarray(0, random.integer(0, content.length)),
  (content, random) => {
    const flipped = Buffer.from(content);
    for (let bit = random.integer(1, 8); bit > 0 && flipped.length > 0; bit--) {
      const at = random.integer(0, flipped.length - 1);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << random.integer(0, 7));
    }
    return flipped;
  },
  (content, random) => {
    const [from, to] = range(content.length, random);
    return Buffer.concat([content.subarray(0, from), content.subarray(to)]);
  },
  (content, random) => {
    const [from, to] = range(content.length, random);
    return Buffer.concat([content.subarray(0, to), content.subarray(from)]);
  },
  (content, random) => {
    const [from, to] = range(content.length, random);
    return Buffer.from(content).fill(0, from, to);
  },
  () => Buffer.alloc(0),
];

const EDITORS: readonly Mutation[] = [
  (content) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), content]),
  (content) => Buffer.from(`\ufeff${content.toString()}`, "utf16le"),
  (content) => Buffer.from(content.toString().replaceAll("\n", "\r\n")),
  (content) => Buffer.from(content.toString(), "latin1"),
  (content) => Buffer.concat([content, Buffer.from("\n\n")]),
];

type Place = { readonly holder: Record<string, unknown>; readonly key: string };

function placesIn(value: unknown): Place[] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])]);
}

/** Changes one value of a JSON document. */
function changeOf(change: (place: Place, random: SeededRandom) => void): Mutation {
  return (content, random) => {
    const root = { document: JSON.parse(content.toString()) as unknown };
    const place = drawn(placesIn(root), random);
    change(place, random);
    return Buffer.from(JSON.stringify(root.document, null, 2) ?? "");
  };
}

const JSON_CHANGES: readonly Mutation[] = [
  changeOf(({ holder, key }, random) => {
    holder[key] = drawn(STRANGE, random);
  }),
  changeOf(({ holder, key }) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  }),
  changeOf(({ holder, key }, random) => {
    if (Array.isArray(holder)) holder.push(...(structuredClone(holder) as unknown[]));
    else
      Object.defineProperty(holder, `${drawn(["", "_", "__proto__"], random)}${key}`, { value: 1, enumerable: true });
  }),
  changeOf(({ holder, key }) => {
    const value = holder[key];
    holder[key] = typeof value === "number" ? -value : Array.isArray(value) ? {} : [value];
  }),
];

function changeOfRows(change: (rows: string[][], random: SeededRandom) => void): Mutation {
  return (content, random) => {
    const rows = content
      .toString()
      .trimEnd()
      .split("\n")
      .map((line) => line.split(","));
    change(rows, random);
    return Buffer.from(rows.map((row) => `${row.join(",")}\n`).join(""));
  };
}

const CSV_CHANGES: readonly Mutation[] = [
  changeOfRows((rows, random) => {
    const row = drawn(rows, random);
    const value = drawn(STRANGE, random);
    row[random.integer(0, row.length - 1)] = typeof value === "object" ? JSON.stringify(value) : String(value);
  }),
  changeOfRows((rows, random) => void drawn(rows, random).splice(0, 1)),
  changeOfRows((rows, random) => void drawn(rows, random).push("1")),
  changeOfRows((rows, random) => void rows.splice(random.integer(0, rows.length), 0, drawn(rows, random))),
  changeOfRows((rows, random) => void rows.splice(random.integer(0, rows.length - 1), 1)),
  changeOfRows((rows, random) => {
    const row = drawn(rows, random);
    row[random.integer(0, row.length - 1)] += '"';
  }),
  changeOfRows((rows, random) => {
    const [a, b] = [random.integer(0, 3), random.integer(0, 3)];
    for (const row of rows) [row[a], row[b]] = [row[b] ?? "", row[a] ?? ""];
  }),
];

const MUTATIONS = {
  json: [...JSON_CHANGES, ...JSON_CHANGES, ...JSON_CHANGES, ...EDITORS, ...DISK],
  csv: [...CSV_CHANGES, ...CSV_CHANGES, ...EDITORS, ...DISK],
  binary: DISK,
} as const;

/** Formats that are mutated each in their own way. */
export type Format = keyof typeof MUTATIONS;

/** A content with one mistake, seldom two. */
export function mutated(content: Buffer, format: Format, random: SeededRandom): Buffer {
  const once = drawn(MUTATIONS[format], random)(content, random);
  return random.uniform() < 0.2 ? drawn(DISK, random)(once, random) : once;
}
