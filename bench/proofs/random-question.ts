import { type SeededRandom, seededRandom } from "../../src/core/seeded-random.js";
import type { Choice } from "../../src/plan/device-type.js";
import type { Billing, Caps, Objective } from "../../src/plan/plan-problem.js";
import { type DeviceUse, usesOf } from "./device-uses.js";
import { bestValue } from "./exhaustive.js";
import { type Ask, type DeviceRecord, type PlanClass, problemOf, type Question } from "./question.js";
import { oneOf, randomDevices, rounded } from "./random-devices.js";

interface Goal {
  readonly planClass: PlanClass;
  readonly objective: Objective;
  readonly billing?: Billing;
}

const GOALS: readonly Goal[] = [
  { planClass: "soft", objective: "devices" },
  { planClass: "soft", objective: "cost", billing: "reserved" },
  { planClass: "soft", objective: "cost", billing: "busy" },
  { planClass: "soft", objective: "energy" },
  { planClass: "soft", objective: "images" },
  { planClass: "relaxed", objective: "images" },
  { planClass: "best-effort", objective: "cost" },
  { planClass: "best-effort", objective: "energy" },
];

const RESTRICTIONS = [
  "none",
  "size given",
  "shorter last",
  "max sizes",
  "cost",
  "energy",
  "power",
  "together",
] as const;
type Restriction = (typeof RESTRICTIONS)[number];
type CapName = "cost" | "energyJ" | "powerW";

/** Every goal with every restriction that is allowed for it: question i is of kind i modulo their number. */
const KINDS = GOALS.flatMap((goal) =>
  RESTRICTIONS.filter((restriction) => restriction !== "shorter last" || countsOnly(goal)).map(
    (restriction) => [goal, restriction] as const,
  ),
);

function countsOnly({ planClass, objective, billing }: Goal): boolean {
  return planClass !== "best-effort" && objective !== "energy" && billing !== "busy";
}

/**
 * A random question, small enough that its best answer can be found by trying, always the same for a seed and an index.
 *
 * @example
 * randomQuestion(1, 0).ask.objective; // "devices"
 */
export function randomQuestion(seed: number, index: number): Question {
  const random = seededRandom(seed, `question ${index}`);
  const [goal, restriction] = KINDS[index % KINDS.length] as (typeof KINDS)[number];
  const caps = capNames(random, restriction);
  const workloads = oneOf(random, [["images"], ["images"], ["images"], ["a", "b"], ["a", "b"], ["a", "b", "c"]]);
  const start = oneOf(random, ["loaded", "loaded", "loaded", "cold", "warm"] as const);
  const maximises = goal.objective === "images";
  const devices = randomDevices(random, {
    workloads,
    cold: start === "cold",
    priced: goal.objective === "cost" || caps.includes("cost") || random.uniform() < 0.3,
    energies: goal.objective === "energy" || caps.some((name) => name !== "cost") || random.uniform() < 0.3,
    mostTypes: caps.length > 0 && maximises ? 2 : 3,
    mostDevices: caps.length > 1 ? 5 : caps.length > 0 ? 7 : 12,
  });
  const most = mostImages(workloads.length, caps.length, restriction === "max sizes");
  const images = Object.fromEntries(
    workloads.map((name) => [
      name,
      goal.planClass === "relaxed" ? 0 : Math.max(1, Math.floor(most ** (random.uniform() ** 0.7))),
    ]),
  );
  const billing =
    goal.billing ?? (caps.includes("cost") && goal.planClass !== "best-effort" ? oneOf(random, BILLED) : undefined);
  const open: Ask = {
    planClass: goal.planClass,
    objective: goal.objective,
    ...(billing !== undefined && { billing }),
    start,
    images,
    ...(restriction === "size given" && { miniBatchSize: someSize(random, devices) }),
    ...(restriction === "shorter last" && { shorterLast: true }),
    ...(restriction === "max sizes" && { maxSizes: random.integer(1, 3) }),
  };
  const untimed = { devices, ask: open };
  const timed =
    goal.planClass === "best-effort" ? untimed : { devices, ask: { ...open, timeMs: someTimeMs(random, untimed) } };
  const bounded = maximises ? withFewUses(random, timed, caps.length > 0) : timed;
  if (caps.length === 0) return bounded;
  return { ...bounded, ask: { ...bounded.ask, caps: someCaps(random, bounded, caps) } };
}

const BILLED: readonly Billing[] = ["reserved", "busy"];

function capNames(random: SeededRandom, restriction: Restriction): CapName[] {
  if (restriction === "cost") return ["cost"];
  if (restriction === "energy") return ["energyJ"];
  if (restriction === "power") return ["powerW"];
  if (restriction !== "together") return [];
  return random.shuffle<CapName>(["cost", "energyJ", "powerW"]).slice(0, random.integer(2, 3)).sort();
}

/** So many images of each workload at most that trying stays quick. */
function mostImages(workloads: number, caps: number, chosenSizes: boolean): number {
  const alone = [400, 60, 25][workloads - 1] ?? 1;
  if (caps > 1) return alone / (workloads === 1 ? 10 : 4);
  return caps > 0 ? alone / 4 : chosenSizes ? alone / 2 : alone;
}

function someSize(random: SeededRandom, devices: readonly DeviceRecord[]): number {
  const tables = Object.values(oneOf(random, devices).workloads);
  return Number(oneOf(random, Object.keys(oneOf(random, tables).latency_ms)));
}

/** A time that some device needs for its share of the images, met exactly, missed by a microsecond, short or ample. */
function someTimeMs(random: SeededRandom, question: Question): number {
  const { types, workloads } = problemOf(question);
  const choices = types.flatMap(({ choices: tables, maxUses }) =>
    tables.flatMap((table, workload) => table.map((choice) => ({ choice, maxUses, workload }))),
  );
  if (choices.length === 0) return 100;
  const { choice, maxUses, workload } = oneOf(random, choices);
  const devices = types.reduce((sum, { count }) => sum + count, 0);
  const share =
    (workloads[workload]?.images || random.integer(1, 200)) / random.integer(1, Math.ceil(devices / workloads.length));
  const further = Math.min(maxUses, Math.max(0, Math.ceil(share / choice.miniBatchSize) - 1), 400);
  const us = finishOf(choice, further);
  const spread = 1 + 2 * (workloads.length - 1) * random.uniform();
  const factor = spread * oneOf(random, [1, 1, 1 + random.uniform(), 1 + 3 * random.uniform(), 2, 4, 0.97, 0.5, 20]);
  const ms = Math.max(1, Math.floor(us * factor) - oneOf(random, [0, 0, 1])) / 1000;
  return random.uniform() < 0.1 ? rounded(ms + 0.0007, 4) : rounded(ms, 3);
}

function finishOf({ warmupUs, latencyUs }: Choice, further: number): number {
  return warmupUs + further * latencyUs;
}

/** Where more images are better, a device could do far more than can be tried: then its uses are limited. */
function withFewUses(random: SeededRandom, question: Question, capped: boolean): Question {
  const { types, timeUs = 0 } = problemOf(question);
  const devices = question.devices.map((device, place) => {
    const latencies = (types[place]?.choices ?? []).flat().map(({ latencyUs }) => latencyUs);
    const most = Math.min(device.max_uses ?? Number.POSITIVE_INFINITY, timeUs / Math.min(...latencies));
    const allowed = capped ? 8 : 400;
    return most > allowed && latencies.length > 0 ? { ...device, max_uses: random.integer(0, allowed) } : device;
  });
  return { ...question, devices };
}

/** Caps near what small plans take, so that they bind about as often as not. */
function someCaps(random: SeededRandom, question: Question, names: readonly CapName[]): Caps {
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
    const best = bestValue({ ...problem, objective: criterion });
    return best === undefined ? undefined : Number(best);
  };
  return Object.fromEntries(names.map((name) => [name, valueOfCap(name)]));
}
