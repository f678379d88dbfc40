import type { Figure } from "./figure.js";

/** A figure's caption: what it shows, what its marks, bars and bands mean, and what it was drawn from. */
export function captionOf({ title, notes, source }: Pick<Figure, "title" | "notes" | "source">): string {
  return [`${title}.`, ...notes, ...(source === undefined ? [] : [source])].join(" ");
}
