import type { Field } from "vega-lite/types_unstable/channeldef.js";
import type { Encoding } from "vega-lite/types_unstable/encoding.js";
import type { UnitSpec } from "vega-lite/types_unstable/spec/index.js";
import type { Transform } from "vega-lite/types_unstable/transform.js";
import type { Layout } from "./layout.js";
import { legendAt } from "./legend.js";
import { DASHES, SHAPES } from "./theme.js";

/** How the values of a field are told apart in a figure, and what draws them. */
export interface Series {
  /** The dash of each value's line, in their order. */
  readonly dashes: readonly (readonly number[])[];
  /** Encodings of points; the legend shows them. Colours and shapes come from the theme, in the order of the values. */
  readonly marks: Required<Pick<Encoding<Field>, "color" | "shape">>;
  /** One layer per value, because the dash of a line that is encoded would show around the symbols of the legend. */
  lines(encoding: Encoding<Field>, transform?: readonly Transform[]): UnitSpec<Field>[];
}

/** Colour, shape and dash all say the same, so that a figure reads in grey and with any colour vision. */
export function series(
  layout: Layout,
  field: string,
  title: string | null,
  values: readonly (number | string)[],
  { place, ofLines = false }: { readonly place?: "below"; readonly ofLines?: boolean } = {},
): Series {
  const dashes = values.map((_, index) => DASHES[index % DASHES.length] ?? [1, 0]);
  const legend = {
    ...legendAt(layout, title, values.map(String), place),
    symbolOpacity: 1,
    // Where there are no points the legend shows the lines with their dashes.
    ...(ofLines && {
      symbolType: "stroke",
      symbolSize: 300,
      symbolStrokeWidth: 1.4,
      symbolDash: { expr: `${JSON.stringify(dashes)}[datum.index]` },
    }),
  };
  // Nominal, because Vega-Lite has no ordered shapes; the order of the legend comes from the domain.
  const told = (range: string[]) => ({
    field,
    type: "nominal" as const,
    title,
    scale: { domain: [...values] as string[], range },
    legend,
  });
  const color = told(values.map((_, index) => layout.colour(index)));
  // Beyond as many series as there are shapes each colour has another one.
  const shape = told(
    values.map((_, index) => SHAPES[(index + Math.floor(index / SHAPES.length)) % SHAPES.length] ?? "circle"),
  );
  return {
    dashes,
    marks: { color, shape },
    lines: (encoding, transform = []) =>
      values.map((value, index) => ({
        transform: [...transform, { filter: `datum[${JSON.stringify(field)}] === ${JSON.stringify(value)}` }],
        mark: { type: "line", strokeDash: [...(dashes[index] ?? [])] },
        encoding: { ...encoding, color },
      })),
  };
}
