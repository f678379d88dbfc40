import lpSolver from "javascript-lp-solver";

/** The package's declarations describe its CommonJS form; Node.js loads the other one, whose default is the solver. */
const solver = lpSolver as unknown as { Solve(model: unknown): Readonly<Record<string, unknown>> };

/** A small integer program over device types: how many of each are used. */
export interface CountModel {
  readonly direction: "min" | "max";
  readonly types: readonly { readonly count: number; readonly objective: number; readonly capacity: number }[];
  /** Images that the capacities must cover. */
  readonly cover?: number;
}

const TIMEOUT_MS = 2000;

/**
 * Solves a count model with javascript-lp-solver. Its presolve is off and rows and objective are scaled to about 1,
 * because it calls feasible models infeasible otherwise; its answer is checked in whole numbers.
 *
 * @returns the count per type, or undefined if the solver found none, stopped at its time limit or answered wrongly
 */
export function solveCounts({ direction, types, cover }: CountModel): number[] | undefined {
  const capacityScale = Math.max(...types.map(({ capacity }) => capacity), 1);
  const objectiveScale = Math.max(...types.map(({ objective }) => objective), 1);
  const started = performance.now();
  const result = solver.Solve({
    optimize: "objective_value",
    opType: direction,
    constraints: {
      ...(cover !== undefined && { cover: { min: cover / capacityScale } }),
      ...Object.fromEntries(types.map(({ count }, index) => [`limit_${index}`, { max: count }])),
    },
    variables: Object.fromEntries(
      types.map(({ capacity, objective }, index) => [
        `n_${index}`,
        { objective_value: objective / objectiveScale, cover: capacity / capacityScale, [`limit_${index}`]: 1 },
      ]),
    ),
    ints: Object.fromEntries(types.map((_, index) => [`n_${index}`, 1])),
    options: { presolve: false, timeout: TIMEOUT_MS },
  });
  if (result.feasible !== true || performance.now() - started >= TIMEOUT_MS) return undefined;
  const counts = types.map((_, index) => Math.round(Number(result[`n_${index}`] ?? 0)));
  const covered = counts.reduce((sum, count, index) => sum + count * (types[index]?.capacity ?? 0), 0);
  const within = counts.every((count, index) => count >= 0 && count <= (types[index]?.count ?? 0));
  return within && (cover === undefined || covered >= cover) ? counts : undefined;
}
