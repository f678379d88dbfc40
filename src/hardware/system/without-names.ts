import type { SystemCheck } from "./check-system.js";
import { isUnknown } from "./finding.js";
import { judgeSystem } from "./judge-system.js";

/** A check that says how busy others kept the machine, and not who they were: names and ids of processes left out. */
export function withoutNames(check: SystemCheck): SystemCheck {
  const { load } = check.facts;
  if (isUnknown(load)) return check;
  const { processes: _, ...nameless } = load;
  const facts = { ...check.facts, load: nameless };
  return { ...check, ...judgeSystem(facts), facts };
}
