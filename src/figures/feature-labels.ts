import { featureLabel } from "../hardware/feature-label.js";
import type { FeatureGroup } from "../rank/feature-matrix.js";
import type { Layout } from "./layout.js";

/** What the ends of labels mean. */
export const STATISTICS_NOTE =
  "Before is the last value before the first inference, first-inference change what that inference added, steady what came after it; (+n): so many features say the same.";

/** A label takes no more of a figure's width than this. */
const MOST_OF_WIDTH = 0.42;

/** A group by the label of its representative, and how many others say the same. */
export function labelOf({ name, members }: FeatureGroup): string {
  return members.length === 1 ? featureLabel(name) : `${featureLabel(name)} (+${members.length - 1})`;
}

/** The labels of rows, in lines that fit, and how high a row must be for the one with most lines. */
export function rowLabels(labels: readonly string[], layout: Layout) {
  const lines = labels.map((label) => layout.wrapped(label, MOST_OF_WIDTH * layout.widthPx));
  const most = Math.max(1, ...lines.map((each) => each.length));
  const counts = JSON.stringify(lines.map((each) => each.length));
  return {
    rowPx: Math.ceil(most * layout.linePx) + 4,
    /** The labels of an axis of whole numbers from 1 on, each in the middle of its row. */
    axis: {
      grid: false,
      labelLimit: 0,
      labelLineHeight: layout.linePx,
      labelExpr: `${JSON.stringify(lines)}[datum.value - 1]`,
      labelOffset: {
        condition: Array.from({ length: most - 1 }, (_, index) => ({
          test: `${counts}[datum.value - 1] === ${index + 2}`,
          value: (-(index + 1) * layout.linePx) / 2,
        })),
        value: 0,
      },
    },
  };
}

/** The other members of each group, as a sentence for each that has some. */
export function groupNotes(groups: readonly FeatureGroup[]): string[] {
  return groups.flatMap(({ members }, index) => {
    const [, ...others] = members;
    if (others.length === 0) return [];
    const named = others.slice(0, MOST_NAMED).map(featureLabel);
    const more = others.length - named.length;
    return [`${index + 1} says the same as: ${named.join("; ")}${more > 0 ? `; and ${more} more` : ""}.`];
  });
}

const MOST_NAMED = 6;
