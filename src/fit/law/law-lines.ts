import { percent } from "../../core/text-table.js";
import type { FittedLaw } from "./fit-law.js";
import { MANY_DEGREES, type NoiseTail } from "./noise-tail.js";

/** Laws with a smaller share in what is predicted are not named. */
const LEAST_SHOWN = 0.05;

/**
 * Which law says most of a quantity, and how far processes are off it and its deviation; none where it was not fitted.
 */
export function lawLines(fitted: FittedLaw | undefined): string[] {
  if (fitted === undefined) return [];
  const used = fitted.laws.filter(({ weight }) => weight >= LEAST_SHOWN);
  const names = used.map(({ name, weight }) => (used.length === 1 ? name : `${name} (${percent(weight)} %)`));
  const next = fitted.laws.find((score) => !used.includes(score));
  return [
    `law and deviation: ${names.join(" + ")}, by BIC${
      next === undefined ? "" : ` before ${next.name} (+${(next.bic - (fitted.laws[0]?.bic ?? 0)).toFixed(1)})`
    }; ${fitted.unrepeated ? "cells, each measured once," : "processes"} scatter by ${percent(fitted.noise)} % (1 sd) around it${fitted.tail === undefined ? "" : tailWords(fitted.tail)}`,
  ];
}

function tailWords({ degrees, skew }: NoiseTail): string {
  const far = degrees < MANY_DEGREES ? [`with far ones as Student's t of ${degrees} degrees has`] : [];
  return `, ${[...far, ...(skew === 1 ? [] : ["further upwards than downwards"])].join(", ")}`;
}
