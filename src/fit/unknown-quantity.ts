import { UserError } from "../core/user-error.js";
import type { QuantityFit } from "./quantity-fit.js";
import { quantityName } from "./quantity-name.js";

/**
 * A quantity of which a dataset holds no value, as the warm-up of most measurements that others made: it has no
 * observations and no functions.
 *
 * @throws UserError from `chosen` and `at`
 */
export function unknownQuantity(quantity: string): QuantityFit {
  const refuse = (): never => {
    throw new UserError(`${quantityName(quantity)}: not known, no trial of the dataset says it`);
  };
  return {
    quantity,
    observations: [],
    bySize: new Map(),
    get chosen() {
      return refuse();
    },
    surface: undefined,
    noiseFloor: undefined,
    lackOfFit: () => undefined,
    candidates: () => [],
    law: () => undefined,
    formAt: () => undefined,
    at: refuse,
  };
}

/** Whether a dataset holds values of a quantity. */
export function isKnown({ observations }: Pick<QuantityFit, "observations">): boolean {
  return observations.length > 0;
}

/** Latency, warm-up and memory of a fit, as far as a dataset holds values of them. */
export function knownQuantities({
  latency,
  warmup,
  memory,
}: Readonly<Record<"latency" | "warmup" | "memory", QuantityFit>>): QuantityFit[] {
  return [latency, warmup, memory].filter(isKnown);
}
