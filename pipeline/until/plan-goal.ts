import { groupBy } from "../../src/core/group-by.js";
import { UserError } from "../../src/core/user-error.js";
import type { ConsumedEnergy } from "../../src/decide/energy-worth.js";
import type { PlanGoal } from "../../src/decide/plan-chooser.js";
import type { PlanPart } from "../../src/decide/plan-part.js";
import type { Design } from "../../src/design/design.js";
import { STUDY_SIZE_PX } from "../../src/design/study-size.js";
import { trialsFor } from "../../src/fit/confidence.js";
import { inputSizeOf, sourceOf } from "../../src/fleet/entry-source.js";
import { OBJECTIVE_OF_CLASS } from "../../src/fleet/fleet-question.js";
import type { OnlySize } from "../../src/fleet/only-sizes.js";
import type { DeviceEntry, MeasuredFunctions } from "../../src/plan/question/device-entry.js";
import { energyFunctions } from "../../src/plan/question/given-functions.js";
import { readEntries, readInputSize } from "../plan/plan-devices.js";
import { imagesOf, partOf } from "./goal-part.js";
import { datasetOf, isFrom } from "./own-devices.js";
import type { AskedPlan } from "./plan-words.js";
import { requireAnswerable } from "./require-answerable.js";

/** Where in a fleet a part's devices are. */
export type FleetPlace = Pick<OnlySize, "type" | "workload">;

/** A plan's question as what a sweep decides, and for each part its places in the fleet. */
export interface PlacedGoal {
  readonly goal: PlanGoal;
  readonly places: readonly (readonly FleetPlace[])[];
}

/** What a sweep is told beside the question. */
export interface GoalOptions {
  /** Where it writes the dataset: devices of a file are measured if they name it. */
  readonly folder: string;
  readonly indifference: number;
  readonly budgetMs: number;
}

/**
 * A plan's question as what a sweep of a design decides: a mini-batch size for each kind of device, input size and
 * limit of those devices whose functions are to come from the sweep's dataset.
 *
 * @throws UserError if the question makes no sense, the design does not have an input size or a device, or no device's
 *   functions come from the dataset
 */
export function planGoalOf(
  design: Design,
  { asked, text }: { readonly asked: AskedPlan; readonly text: string },
  { folder, indifference, budgetMs }: GoalOptions,
): PlacedGoal {
  const { flags, workloads, question, planClass } = asked;
  const entries = readEntries(datasetOf(flags, folder), flags);
  const inputSizePx = readInputSize(flags, entries, workloads) ?? STUDY_SIZE_PX;
  requireAnswerable(asked, entries, { folder, inputSizePx });
  const placed = entries.flatMap((entry, type) =>
    workloads.flatMap((name, workload) => {
      const source = sourceOf(entry, name);
      if (source === undefined || !isFrom(folder, source)) return [];
      const size = inputSizeOf(entry, source, { workloads, inputSizePx }, name);
      const part = partOf(design, asked, { entry, source, workload: name, inputSizePx: size });
      return [
        {
          part: { ...part, question: { ...part.question, indifference } },
          count: entry.count,
          type,
          workload,
          entry,
          source,
        },
      ];
    }),
  );
  if (placed.length === 0) {
    throw new UserError(`--until: --devices ${flags.devices}: no device of it names the dataset ${folder} (--out)`);
  }
  const groups = [...groupBy(placed, ({ part }) => JSON.stringify(part)).values()];
  const objective = question.objective ?? OBJECTIVE_OF_CLASS[planClass];
  // Beside other devices or workloads nobody knows how many images a part will get: then it has to be good in itself.
  const isAlone = groups.length === 1 && workloads.length === 1 && placed.length === entries.length;
  const isFewest = isAlone && objective === "devices";
  if (objective === "energy" && !isAlone) {
    throw new UserError("--until: --objective energy: allowed with devices of one kind and one workload");
  }
  const parts = groups.flatMap((group): PlanPart[] => {
    const [first] = group;
    if (first === undefined) return [];
    const counts = new Map(group.map(({ type, count }) => [type, count]));
    const devices = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const images = imagesOf(asked, workloads[0] ?? "");
    const aim = {
      ...(isFewest && { objective: "devices" as const, images }),
      ...(objective === "energy" && { images, energy: energyOf(first.entry, first.source, devices) }),
    };
    return [{ ...first.part, devices, question: { ...first.part.question, ...aim } }];
  });
  return {
    goal: { text, parts, budgetMs, leastRepeated: leastRepeatedOf(design, asked) },
    places: groups.map((group) => group.map(({ type, workload }) => ({ type, workload }))),
  };
}

/** How many repeated processes a plan's promise needs: for its confidence, or as a worst observed time. */
function leastRepeatedOf({ trials }: Design, { planClass, question }: AskedPlan): number {
  const { confidence, maxLatency } = question;
  const promised = [confidence, maxLatency?.confidence].map((share) => (share === undefined ? 0 : trialsFor(share)));
  return Math.max(...promised, planClass === "hard" && confidence === undefined ? trials : 0);
}

/** What the devices of an entry consume; that nobody gave energies was refused before. */
function energyOf({ idleW = 0 }: DeviceEntry, source: MeasuredFunctions, devices: number): ConsumedEnergy {
  const { energyPerMiniBatchJ = () => undefined, warmupEnergyJ } = energyFunctions(source);
  return { perMiniBatchJ: energyPerMiniBatchJ, ...(warmupEnergyJ && { firstJ: warmupEnergyJ }), idleW, devices };
}
