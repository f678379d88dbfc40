import { DASHES } from "./theme.js";

/** How the values of a field are told apart in a figure, and what draws them. */
export interface Series {
  /** Encodings of points; the legend shows them. Colours and shapes come from the theme, in the order of the values. */
  readonly marks: { readonly color: object; readonly shape: object };
  /** One layer per value, because the dash of a line that is encoded would show around the symbols of the legend. */
  lines(encoding: object, transform?: readonly object[]): object[];
}

/** Colour, shape and dash all say the same, so that a figure reads in grey and with any colour vision. */
export function series(field: string, title: string | null, values: readonly (number | string)[]): Series {
  // Nominal, because Vega-Lite has no ordered shapes; the order of the legend comes from the domain.
  const shared = { field, type: "nominal", title, scale: { domain: [...values] } } as const;
  return {
    marks: { color: shared, shape: shared },
    lines: (encoding, transform = []) =>
      values.map((value, index) => ({
        transform: [...transform, { filter: `datum[${JSON.stringify(field)}] === ${JSON.stringify(value)}` }],
        mark: { type: "line", strokeDash: DASHES[index % DASHES.length] },
        encoding: { ...encoding, color: shared },
      })),
  };
}
