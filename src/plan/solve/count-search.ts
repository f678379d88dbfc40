import { type IntegerProgram, objectiveOf } from "../program/integer-program.js";
import { bestCombination } from "./best-combination.js";
import { pricedBlocks } from "./count-blocks.js";
import { OutOfSteps, SearchSteps } from "./search-steps.js";
import type { SolverClaim } from "./solver.js";
import { countsWithin, type WorkloadCounts } from "./workload-counts.js";

/**
 * Searches how many devices of each type serve each workload. Exact, and quick where branch and bound is slow: many
 * assignments cost almost the same, but the gap between the best one and the relaxation is small.
 *
 * All solutions with a loss up to a limit (see `pricedBlocks`) follow from the ways to serve each workload with a loss
 * up to this limit. The limit rises until there is a solution; the one with the least loss is optimal.
 *
 * @param program one that consists of blocks
 * @param duals for each row, of its relaxation; wrong ones make the search longer, not wrong
 * @returns `stopped` without values after so many steps
 */
export function searchCounts(program: IntegerProgram, duals: readonly number[], maxSteps: number): SolverClaim {
  const priced = pricedBlocks(program, duals);
  if (priced === undefined) return { status: "stopped" };
  const { blocks, bound, unit, typicalCost, largestLoss } = priced;
  const sign = program.direction === "min" ? 1 : -1;
  const least = Math.ceil(bound); // the objective is a whole number of units
  const steps = new SearchSteps(maxSteps);
  const valuesOf = (ways: readonly WorkloadCounts[]) => {
    const values = program.variables.map(() => 0);
    for (const [index, { counts }] of ways.entries()) {
      for (const [place, { variable }] of (blocks[index]?.columns ?? []).entries())
        values[variable] = counts[place] ?? 0;
    }
    return values;
  };
  const isBest = (ways: readonly WorkloadCounts[]) =>
    sign * Number(objectiveOf(program, valuesOf(ways))) < (least + 0.5) * unit;
  try {
    for (let further = typicalCost / 16; ; further = Math.max(1, 2 * further)) {
      const limit = least + Math.floor(further) - bound;
      const ways = blocks.map((block) => countsWithin(block, priced, limit, steps));
      const found = bestCombination(ways, priced, limit, isBest, steps);
      if (found !== undefined) return { status: "optimal", values: valuesOf(found) };
      if (limit > largestLoss) return { status: "infeasible" };
    }
  } catch (error) {
    if (error instanceof OutOfSteps) return { status: "stopped" };
    throw error;
  }
}
