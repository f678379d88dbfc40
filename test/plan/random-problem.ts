import fc from "fast-check";
import { latestFinishUs } from "../../src/plan/question/deadline.js";
import type { Choice, DeviceType } from "../../src/plan/question/device-type.js";
import type { Caps, PlanProblem } from "../../src/plan/question/plan-problem.js";

/** Small enough that every plan can be tried. */
const SMALL = { types: 2, count: 2, sizes: 3, uses: 3 };

function choicesOf(rows: readonly { first: number; step: number; extra: number; energy: number }[]): Choice[] {
  let latencyUs = 0;
  return rows.map(({ first, step, extra, energy }, index) => {
    latencyUs += index === 0 ? first : step;
    return {
      miniBatchSize: index + 1,
      latencyUs,
      warmupUs: latencyUs + extra,
      energyNj: energy * (index + 2),
      warmupEnergyNj: energy * (index + 3),
    };
  });
}

const choices = fc
  .array(
    fc.record({
      first: fc.integer({ min: 1, max: 30 }),
      step: fc.integer({ min: -3, max: 20 }),
      extra: fc.integer({ min: 0, max: 60 }),
      energy: fc.integer({ min: 1, max: 50 }),
    }),
    { minLength: 1, maxLength: SMALL.sizes },
  )
  .map((rows) => choicesOf(rows).map((choice) => ({ ...choice, latencyUs: Math.max(1, choice.latencyUs) })));

/** A working device draws no less than a waiting one. */
function physical(choice: Choice, idleMw: number): Choice {
  const { energyNj = 0, warmupEnergyNj = 0, latencyUs, warmupUs } = choice;
  return { ...choice, energyNj: energyNj + idleMw * latencyUs, warmupEnergyNj: warmupEnergyNj + idleMw * warmupUs };
}

function deviceTypes(workloads: number): fc.Arbitrary<DeviceType[]> {
  return fc
    .array(
      fc.record({
        count: fc.integer({ min: 1, max: SMALL.count }),
        maxUses: fc.integer({ min: 0, max: SMALL.uses }),
        microPricePerHour: fc.integer({ min: 1, max: 9 }),
        idleMw: fc.integer({ min: 0, max: 2 }),
        choices: fc.array(choices, { minLength: workloads, maxLength: workloads }),
      }),
      { minLength: 1, maxLength: SMALL.types },
    )
    .map((types) =>
      types.map((type, index) => ({
        name: `type${index}`,
        ...type,
        choices: type.choices.map((table) => table.map((choice) => physical(choice, type.idleMw))),
      })),
    );
}

/** Types and workloads with a deadline; what is asked comes on top. */
export function problems(workloads: number): fc.Arbitrary<PlanProblem & { timeUs: number }> {
  return fc.record({
    types: deviceTypes(workloads),
    workloads: fc
      .array(fc.integer({ min: 1, max: 14 }), { minLength: workloads, maxLength: workloads })
      .map((images) => images.map((count, index) => ({ name: `w${index}`, images: count }))),
    timeUs: fc.integer({ min: 10, max: 200 }),
    objective: fc.constant("devices" as const),
  });
}

/** Caps near what small plans take, so that they bind about as often as not. */
export const capsOf = (problem: PlanProblem): fc.Arbitrary<Caps> =>
  fc.oneof(
    fc.integer({ min: 1, max: 40 }).map((units) => ({ cost: (units * latestFinishUs(problem.timeUs)) / 3.6e15 })),
    fc.integer({ min: 50, max: 2000 }).map((nj) => ({ energyJ: nj / 1e9 })),
    fc.integer({ min: 1, max: 40 }).map((mw) => ({ powerW: mw / 1e3 })),
  );
