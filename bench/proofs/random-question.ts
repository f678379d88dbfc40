import { type SeededRandom, seededRandom } from "../../src/core/seeded-random.js";
import type { Billing, Objective } from "../../src/plan/question/plan-problem.js";
import type { Ask, DeviceRecord, PlanClass, Question } from "./question.js";
import { type CapName, severalCaps, someCaps } from "./random-caps.js";
import { oneOf, randomDevices } from "./random-devices.js";
import { someTimeMs, withFewUses } from "./random-time.js";

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

const CAPS: Readonly<Partial<Record<Restriction, CapName>>> = { cost: "cost", energy: "energyJ", power: "powerW" };

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
  const cap = CAPS[restriction];
  const caps = restriction === "together" ? severalCaps(random) : cap === undefined ? [] : [cap];
  const workloads = oneOf(random, [["images"], ["images"], ["images"], ["a", "b"], ["a", "b"], ["a", "b", "c"]]);
  const start = oneOf(random, ["loaded", "loaded", "loaded", "cold", "warm"] as const);
  const maximises = goal.objective === "images";
  const also = restriction === "none" ? undefined : alsoRestricted(random, caps.length > 0);
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
    ...((restriction === "size given" || also === "size given") && { miniBatchSize: someSize(random, devices) }),
    ...(restriction === "shorter last" && { shorterLast: true }),
    ...((restriction === "max sizes" || also === "max sizes") && { maxSizes: random.integer(1, 3) }),
  };
  const untimed = { devices, ask: open };
  const timed =
    goal.planClass === "best-effort" ? untimed : { devices, ask: { ...open, timeMs: someTimeMs(random, untimed) } };
  const bounded = maximises ? withFewUses(random, timed, caps.length > 0) : timed;
  if (caps.length === 0) return bounded;
  return { ...bounded, ask: { ...bounded.ask, caps: someCaps(random, bounded, caps) } };
}

const BILLED: readonly Billing[] = ["reserved", "busy"];

/** Now and then a second restriction; sizes are only chosen where a shorter last mini-batch is not. */
function alsoRestricted(random: SeededRandom, capped: boolean): Restriction | undefined {
  const share = random.uniform();
  return share < 0.1 ? "size given" : share < 0.2 && capped ? "max sizes" : undefined;
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
