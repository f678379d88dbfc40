import { UserError } from "../../core/user-error.js";
import type { Choice, DeviceType } from "./device-type.js";
import type { PlanProblem } from "./plan-problem.js";

/** Mini-batch sizes in a note; of more their number is enough. */
const MOST_NAMED = 8;

/** Whether a question has to know what mini-batches consume. */
export function needsEnergy({ objective, caps = {} }: PlanProblem): boolean {
  return objective === "energy" || caps.energyJ !== undefined || caps.powerW !== undefined;
}

/** Whether the energy of every choice of a type is known. */
export function hasEnergy({ choices }: DeviceType): boolean {
  return choices.every((table) => table.every(hasOwnEnergy));
}

/** The choices of which the energy is known. */
export function withEnergy(table: readonly Choice[]): readonly Choice[] {
  return table.filter(hasOwnEnergy);
}

function hasOwnEnergy({ energyNj, warmupEnergyNj }: Choice): boolean {
  return energyNj !== undefined && warmupEnergyNj !== undefined;
}

/** @throws UserError if all energies of a type, of a workload or of the one size that is allowed are missing */
export function requireEnergies({ types, workloads, miniBatchSize }: PlanProblem): void {
  const refuse = (what: string) => {
    const needed = "which this plan needs (energy_per_mini_batch_j, warmup_energy_j)";
    throw new UserError(`${what}: no mini-batch size has its energies, ${needed}`);
  };
  for (const { name, choices } of types) if (isEmpty(choices.map(withEnergy), choices)) refuse(`device ${name}`);
  for (const [workload, { name }] of workloads.entries()) {
    const tables = types.map(({ choices }) => choices[workload] ?? []);
    if (isEmpty(tables.map(withEnergy), tables)) refuse(`workload ${name}`);
    const sized = tables.map((table) => table.filter((choice) => choice.miniBatchSize === miniBatchSize));
    if (miniBatchSize === undefined || !isEmpty(sized.map(withEnergy), sized)) continue;
    const of = workloads.length > 1 ? ` of ${name}` : "";
    throw new UserError(`mini-batch size ${miniBatchSize}${of}: no device has its energies, which this plan needs`);
  }
}

/**
 * The mini-batch sizes that a question leaves out because it needs their energies and nobody gave them: a line for each
 * type and workload.
 */
export function notesOnEnergies(problem: PlanProblem): string[] {
  if (!needsEnergy(problem)) return [];
  const { types, workloads } = problem;
  return types.flatMap(({ name, choices }) =>
    choices.flatMap((table, workload) => {
      const left = table.filter((choice) => !hasOwnEnergy(choice)).map(({ miniBatchSize }) => miniBatchSize);
      const of = workloads.length > 1 ? `, ${workloads[workload]?.name}` : "";
      const shown = left.length > MOST_NAMED ? `${left.length} of ${table.length}` : left.join(", ");
      return left.length > 0 ? [`${name}${of}: mini-batch sizes without an energy are left out: ${shown}`] : [];
    }),
  );
}

/** Whether nothing is left of something. */
function isEmpty(left: readonly (readonly Choice[])[], all: readonly (readonly Choice[])[]): boolean {
  return all.some((table) => table.length > 0) && left.every((table) => table.length === 0);
}
