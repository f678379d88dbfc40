import { UserError } from "../../core/user-error.js";
import type { Configuration } from "../question/configuration.js";
import type { PlanProblem } from "../question/plan-problem.js";
import type { Formulation } from "./compact-formulation.js";
import { OBJECTIVE_UNITS } from "./formulation-rows.js";
import type { IntegerProgram, Row, Term, Variable } from "./integer-program.js";

/** A file of some 50 MB, beyond what solvers of this model answer by far. */
const MOST_VARIABLES = 500_000;

/**
 * The study's models line by line, for small instances and for teaching: for every single device i and mini-batch size
 * b a binary z (device i uses b) and a whole number t (mini-batches after the first).
 *
 *     time_i    Σ_b W_b·z + L_b·t ≤ T        further_i_b   t ≤ M·z, with the smallest M
 *     one_i     Σ_b z ≤ 1                    cover         Σ_i Σ_b b·(z + t) ≥ N
 *
 * Soft real-time minimises Σ z, relaxed maximises Σ b·(z + t). One workload, no caps.
 *
 * @throws UserError if it would be too large to be of use
 */
export function literalFormulation(problem: PlanProblem, configurations: readonly Configuration[]): Formulation {
  const { objective, timeUs, workloads } = problem;
  if (timeUs === "none" || workloads.length !== 1 || (objective !== "devices" && objective !== "images")) {
    throw new RangeError("the literal formulation is of the study's two models only");
  }
  const size = 2 * configurations.reduce((sum, { type }) => sum + (problem.types[type]?.count ?? 0), 0);
  if (size > MOST_VARIABLES) {
    throw new UserError(
      `literal formulation: ${size} variables, allowed are ${MOST_VARIABLES}; the compact one is small`,
    );
  }
  const variables: Variable[] = [];
  const rows: Row[] = [];
  const cover: Term[] = [];
  const columns: { configuration: Configuration; z: number; t: number }[] = [];
  let device = 0;
  for (const [index, type] of problem.types.entries()) {
    const ofType = configurations.filter((configuration) => configuration.type === index);
    for (let copy = 0; copy < type.count; copy++, device++) {
      const time: Term[] = [];
      const one: Term[] = [];
      for (const configuration of ofType) {
        const { choice, furtherMiniBatches } = configuration.schedule;
        const { miniBatchSize, warmupUs, latencyUs } = choice;
        const [z, t] = [variables.length, variables.length + 1];
        const images = BigInt(miniBatchSize);
        const perMiniBatch = objective === "images" ? images : 0n;
        const suffix = `${device}_${miniBatchSize}`;
        variables.push(
          { name: `z_${suffix}`, upper: 1, integer: true, objective: objective === "devices" ? 1n : perMiniBatch },
          { name: `t_${suffix}`, upper: furtherMiniBatches, integer: true, objective: perMiniBatch },
        );
        rows.push({
          name: `further_${suffix}`,
          terms: [
            [z, -BigInt(furtherMiniBatches)],
            [t, 1n],
          ],
          upper: 0n,
        });
        time.push([z, BigInt(warmupUs)], [t, BigInt(latencyUs)]);
        one.push([z, 1n]);
        cover.push([z, images], [t, images]);
        columns.push({ configuration, z, t });
      }
      rows.push(
        { name: `time_${device}`, terms: time, upper: BigInt(timeUs) },
        { name: `one_${device}`, terms: one, upper: 1n },
      );
    }
  }
  const images = Math.max(1, workloads[0]?.images ?? 0); // a plan uses a device
  rows.push({ name: "cover", terms: cover, lower: BigInt(images) });
  const direction = objective === "devices" ? "min" : "max";
  const program: IntegerProgram = { direction, variables, rows, unit: OBJECTIVE_UNITS[objective] };
  return {
    program,
    decode: (values) =>
      columns.flatMap(({ configuration, z, t }) =>
        values[z] === 1 ? [{ configuration, devices: 1, further: values[t] ?? 0 }] : [],
      ),
  };
}
