import type { Form } from "./form.js";
import type { Observation } from "./observed/observation.js";

/** Which bounds are active settles in a few rounds; a form that can't satisfy them goes back and forth. */
const ROUNDS = 20;

/**
 * A form that also learns from censored observations: cells where the quantity is known to be at least a value, as
 * memory is where a trial exceeded its limit. It minimises the relative squares of the observations plus those of the
 * bounds that it falls short of, found as an active set.
 *
 * Source: one-sided least squares, the limit of the Tobit model for small noise (Tobin, 1958).
 *
 * @param bounds cells with the value that theirs exceeds
 */
export function boundedBelow(form: Form, bounds: readonly Observation[]): Form {
  if (bounds.length === 0) return form;
  return {
    name: form.name,
    fit(observations) {
      let law = form.fit(observations);
      let active: readonly Observation[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const current = law;
        if (current === undefined) return undefined;
        const short = bounds.filter(
          ({ inputSizePx, miniBatchSize, value }) =>
            (current.evaluate(inputSizePx, miniBatchSize) ?? Infinity) < value ||
            // An active bound that is met to the last digit stays active.
            (active.some((bound) => bound.inputSizePx === inputSizePx && bound.miniBatchSize === miniBatchSize) &&
              (current.evaluate(inputSizePx, miniBatchSize) ?? Infinity) <= value * (1 + 1e-9)),
        );
        if (short.length === active.length && short.every((bound) => active.includes(bound))) return current;
        active = short;
        law = form.fit([...observations, ...active]);
      }
      return law;
    },
  };
}
