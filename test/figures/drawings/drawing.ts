/** Something that is drawn: a text, a line, a path. */
export interface Item {
  readonly tag: string;
  /** What a text says. */
  readonly text: string;
  /** Where its origin stands, in pixels from the upper left corner, rounded to a tenth. */
  readonly x: number;
  readonly y: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** The classes of the groups that it stands in, outermost first. */
  readonly within: readonly string[];
}

interface Group {
  readonly classes: readonly string[];
  readonly x: number;
  readonly y: number;
}

/** What a reader sees of an SVG, in the order in which it is painted. */
export function drawnItems(svg: string): Item[] {
  const items: (Item & { text: string })[] = [];
  const groups: Group[] = [{ classes: [], x: 0, y: 0 }];
  for (const [, closes, tag = "", inside = "", closed, text = ""] of svg.matchAll(
    /<(\/?)(\w+)([^>]*?)(\/?)>([^<]*)/g,
  )) {
    if (closes === "/") {
      if (tag === "g") groups.pop();
      continue;
    }
    const attributes = Object.fromEntries(
      [...inside.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
    );
    const outer = groups.at(-1) ?? { classes: [], x: 0, y: 0 };
    const [, dx = "0", dy = "0"] = /translate\(([-\d.e]+),([-\d.e]+)\)/.exec(attributes.transform ?? "") ?? [];
    const place = { x: outer.x + Number(dx), y: outer.y + Number(dy) };
    const own = attributes.class?.split(" ") ?? [];
    if (tag === "style") continue; // the letters of the font
    if (tag === "g") {
      if (closed !== "/") groups.push({ classes: [...outer.classes, ...own], ...place });
    }
    if (tag === "g" ? attributes["aria-label"] === undefined : attributes.display === "none" || own.length > 0)
      continue;
    items.push({
      tag,
      text: text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"),
      x: Math.round(10 * place.x) / 10,
      y: Math.round(10 * place.y) / 10,
      attributes,
      within: tag === "g" ? [...outer.classes, ...own] : outer.classes,
    });
  }
  return items;
}

const isOf = (items: readonly Item[], role: string) => items.filter(({ within }) => within.includes(role));

/** What each axis and each legend says of itself: its title, its scale and what that runs over. */
export function scales(items: readonly Item[]): string[] {
  return items.flatMap(({ tag, attributes }) => (tag === "g" ? [attributes["aria-label"] ?? ""] : []));
}

/** The labels of the axes that can be read, axis by axis. */
export function tickLabels(items: readonly Item[]): string[] {
  return isOf(items, "role-axis-label")
    .filter(({ attributes }) => attributes.opacity !== "0")
    .map(({ text }) => text);
}

/** The labels of the legends with the fill of their symbols. */
export function legendEntries(items: readonly Item[]): (readonly [label: string, colour: string])[] {
  const symbols = isOf(items, "role-legend-symbol").map(({ attributes }) => attributes.fill ?? "");
  return isOf(items, "role-legend-label").map(({ text }, index) => [text, symbols[index] ?? ""]);
}

/** The marks of each layer, lowest layer first, e.g. `["rule", "rule", "symbol"]` for two rules under a symbol. */
export function marks(items: readonly Item[], kind?: string): Item[] {
  return isOf(items, "role-mark").filter(({ within }) => kind === undefined || within.includes(`mark-${kind}`));
}

/** The layers, lowest first, with how many marks each has, e.g. `["2 rule", "1 symbol"]`. */
export function layers(items: readonly Item[]): string[] {
  const counts = new Map<string, number>();
  for (const { within } of marks(items)) {
    const [kind = ""] = within.slice(-3);
    const layer = `${kind} ${within.at(-1)}`;
    counts.set(layer, (counts.get(layer) ?? 0) + 1);
  }
  return [...counts].map(([layer, count]) => `${count} ${layer.replace(/^mark-(\w+) .*/, "$1")}`);
}

/** The corners of a path of straight lines, in pixels from its origin. */
export function pathPoints(item: Item | undefined): (readonly [x: number, y: number])[] {
  return [...(item?.attributes.d ?? "").matchAll(/[ML]([-\d.e]+),([-\d.e]+)/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);
}

/** The diameter of a round symbol, in pixels. */
export function diameterPx(item: Item | undefined): number {
  return 2 * Number(/A([-\d.]+),/.exec(item?.attributes.d ?? "")?.[1]);
}
