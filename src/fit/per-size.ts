import { groupBy } from "../core/group-by.js";
import type { Form, Law } from "./form.js";

/** A form fitted to each input size by itself; it says nothing of other sizes. */
export function perSize(form: Form): Form {
  return {
    name: form.name,
    fit(observations) {
      const laws = new Map<number, Law>();
      for (const [size, values] of [...groupBy(observations, ({ inputSizePx }) => inputSizePx)].sort(
        ([a], [b]) => a - b,
      )) {
        const law = form.fit(values);
        if (law !== undefined) laws.set(size, law);
      }
      if (laws.size === 0) return undefined;
      const [only] = laws.size === 1 ? laws.values() : [];
      const label = (key: "terms" | "latex", text: (size: number) => string) =>
        [...laws].flatMap(([size, law]) => law[key].map((line) => `${text(size)}${line}`));
      return {
        coefficients:
          only?.coefficients ??
          Object.fromEntries(
            [...laws].flatMap(([size, law]) =>
              Object.entries(law.coefficients).map(([name, value]): [string, number] => [`${size}px_${name}`, value]),
            ),
          ),
        evaluate: (inputSizePx, miniBatchSize) => laws.get(inputSizePx)?.evaluate(inputSizePx, miniBatchSize),
        terms: only?.terms ?? label("terms", (size) => `${size} px: `),
        latex: only?.latex ?? label("latex", (size) => `s = ${size}:\\; `),
      };
    },
  };
}
