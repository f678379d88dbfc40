import type { SeededRandom } from "../../src/core/seeded-random.js";
import type { Caps } from "../../src/plan/question/plan-problem.js";
import { type DeviceUse, usesOf } from "./device-uses.js";
import { bestValue } from "./exhaustive.js";
import { problemOf, type Question } from "./question.js";
import { oneOf } from "./random-devices.js";

export type CapName = "cost" | "energyJ" | "powerW";

/** Two or three caps at once. */
export function severalCaps(random: SeededRandom): CapName[] {
  return random.shuffle<CapName>(["cost", "energyJ", "powerW"]).slice(0, random.integer(2, 3)).sort();
}

/** Caps near what small plans take, so that they bind about as often as not. */
export function someCaps(random: SeededRandom, question: Question, names: readonly CapName[]): Caps {
  const problem = problemOf(question);
  const some = problem.types.flatMap((type) => usesOf(problem, type).slice(-50));
  const devices = problem.types.reduce((sum, { count }) => sum + count, 0);
  const valueOfCap = (name: CapName): number => {
    const criterion = name === "energyJ" ? "energy" : name === "powerW" ? "power" : "cost";
    const unit = { cost: 3.6e15, energy: 1e9, power: 1e3 }[criterion];
    const guess =
      some.length === 0 ? unit : oneOf<DeviceUse>(random, some).takes[criterion] * random.integer(1, devices);
    const least = criterion === "power" || problem.objective === "images" ? undefined : leastOf(criterion);
    const factor = oneOf(random, [0.8, 0.98, 1, 1.005, 1.02, 1.1, 1.5, 3]);
    const value = ((least ?? guess) * factor) / unit;
    return Math.max(Number(value.toPrecision(random.integer(3, 9))), 1e-12);
  };
  const leastOf = (criterion: "cost" | "energy") => {
    try {
      const best = bestValue({ ...problem, objective: criterion });
      return best === undefined ? undefined : Number(best);
    } catch (error) {
      if (error instanceof RangeError) return undefined; // too large to be tried
      throw error;
    }
  };
  return Object.fromEntries(names.map((name) => [name, valueOfCap(name)]));
}
