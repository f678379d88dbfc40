import type { Formulation } from "./compact-formulation.js";
import type { Configuration } from "./configuration.js";
import type { IntegerProgram, Row, Variable } from "./integer-program.js";
import type { PlanProblem } from "./plan-problem.js";

/**
 * The study's models line by line, for small instances and for teaching: for every single device i and mini-batch size
 * b a binary z (device i uses b) and a whole number t (mini-batches after the first).
 *
 *     time_i    Σ_b W_b·z + L_b·t ≤ T        further_i_b   t ≤ M·z
 *     one_i     Σ_b z ≤ 1                    cover         Σ_i Σ_b b·(z + t) ≥ N
 *
 * Soft real-time minimises Σ z, relaxed maximises Σ b·(z + t). One workload, no caps.
 */
export function literalFormulation(problem: PlanProblem, configurations: readonly Configuration[]): Formulation {
  const { objective, timeUs, workloads } = problem;
  if (timeUs === undefined || workloads.length !== 1 || (objective !== "devices" && objective !== "images")) {
    throw new RangeError("the literal formulation is of the study's two models only");
  }
  const variables: Variable[] = [];
  const rows: Row[] = [];
  const cover: (readonly [number, number])[] = [];
  const columns: { configuration: Configuration; z: number; t: number }[] = [];
  let device = 0;
  for (const [index, type] of problem.types.entries()) {
    const own = configurations.filter((configuration) => configuration.type === index);
    for (let copy = 0; copy < type.count; copy++, device++) {
      const time: (readonly [number, number])[] = [];
      const one: (readonly [number, number])[] = [];
      for (const configuration of own) {
        const { miniBatchSize, warmupUs, latencyUs } = configuration.use.choice;
        const [z, t] = [variables.length, variables.length + 1];
        const perMiniBatch = objective === "images" ? miniBatchSize : 0;
        const suffix = `${device}_${miniBatchSize}`;
        variables.push(
          { name: `z_${suffix}`, upper: 1, integer: true, objective: objective === "devices" ? 1 : perMiniBatch },
          { name: `t_${suffix}`, upper: type.maxUses, integer: true, objective: perMiniBatch },
        );
        rows.push({
          name: `further_${suffix}`,
          terms: [
            [z, -type.maxUses],
            [t, 1],
          ],
          upper: 0,
        });
        time.push([z, warmupUs], [t, latencyUs]);
        one.push([z, 1]);
        cover.push([z, miniBatchSize], [t, miniBatchSize]);
        columns.push({ configuration, z, t });
      }
      rows.push(
        { name: `time_${device}`, terms: time, upper: timeUs },
        { name: `one_${device}`, terms: one, upper: 1 },
      );
    }
  }
  const images = workloads[0]?.images ?? 0;
  if (images > 0) rows.push({ name: "cover", terms: cover, lower: images });
  const program: IntegerProgram = { direction: objective === "devices" ? "min" : "max", variables, rows };
  return {
    program,
    decode: (values) =>
      columns.flatMap(({ configuration, z, t }) =>
        values[z] === 1 ? [{ configuration, devices: 1, further: values[t] ?? 0 }] : [],
      ),
  };
}
