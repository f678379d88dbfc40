import type { Condition } from "../../src/claims/claim.js";
import { judgeCondition, VERDICTS, type Verdict } from "../../src/claims/judge-claims.js";
import type { ClaimEvidence } from "../../src/claims/statistic.js";
import { type SeededRandom, seededRandom } from "../../src/core/seeded-random.js";
import { staggered } from "../../src/design/staggered.js";
import { cellMeans } from "../../src/fit/law/cell-means.js";
import { fitShape } from "../../src/fit/law/law-fit.js";
import { linearPerSize } from "../../src/fit/law/law-shape.js";
import type { Observation } from "../../src/fit/observed/observation.js";
import { fitQuantity } from "../../src/fit/quantity-fit.js";
import { fourParameterModel } from "../../src/rank/four-parameter-model.js";
import { growForest } from "../../src/rank/grow-forest.js";
import { rankFeatures } from "../../src/rank/rank-features.js";
import { simulatedCells } from "./in-rounds.js";

/** How many datasets of a world a condition was judged so in. */
export type VerdictCounts = Readonly<Record<Verdict, number>>;

/** How a simulated sweep is measured: trials of a cell, and how they scatter. */
export interface SimulatedSweep {
  readonly trials: number;
  /** Standard deviation of ln value between processes. */
  readonly deviation: number;
  /** By which factor one of the processes was slowed down; default 1. */
  readonly slowed?: number;
}

/** The sizes of the reference design, whose mini-batches are staggered up to 64. */
const SIZES = [32, 64, 96, 128, 160, 224, 320, 384, 512];
const LARGEST = 64;
const JUDGED_PX = 224;
const SWEEPS: readonly SimulatedSweep[] = [
  { trials: 5, deviation: 0.05 },
  { trials: 5, deviation: 0.1 },
  { trials: 3, deviation: 0.05 },
  { trials: 3, deviation: 0.1 },
];

/** How latency may leave a line, as what is added to its logarithm. */
export const BENDS: Readonly<Record<string, (miniBatchSize: number) => number>> = {
  power: (batch) => Math.log(batch),
  kink: (batch) => Math.log1p(Math.max(0, batch - 8) / batch),
  "steps of 8": (batch) => Math.log((8 * Math.ceil(batch / 8)) / batch),
  "one cell": (batch) => Number(batch > 6 && batch < 14),
};

/**
 * The verdicts on a latency whose largest deviation from a line is `truth`, by one of the bends.
 *
 * @param truth as a ratio: 0.1 is 10 %
 */
export async function linearVerdicts(
  { bend, truth, sweep }: { readonly bend: string; readonly truth: number; readonly sweep: SimulatedSweep },
  datasets: number,
  seed = 1,
): Promise<VerdictCounts> {
  const bySize = staggered(SIZES, LARGEST);
  const latencyAt = bentLine(BENDS[bend] ?? (() => 0), truth, bySize[JUDGED_PX] ?? []);
  return verdicts(
    { statistic: "linear_largest_deviation", input_size_px: JUDGED_PX, at_most: 0.1 },
    datasets,
    (dataset) => {
      const random = seededRandom(seed, `linear ${bend} ${truth} ${sweep.trials} ${sweep.deviation} ${dataset}`);
      const observations = Object.entries(bySize).flatMap(([size, batches]) =>
        batches.flatMap((batch) =>
          processes(Number(size), batch, (Number(size) / 224) ** 2 * latencyAt(batch), sweep, random),
        ),
      );
      const judged = observations.filter(({ inputSizePx }) => inputSizePx === JUDGED_PX);
      const { slowed = 1 } = sweep;
      const one = slowed === 1 ? undefined : judged[random.integer(0, judged.length - 1)];
      return evidenceOf({
        latency: observations.map((seen) => (seen === one ? { ...seen, value: slowed * seen.value } : seen)),
      });
    },
  );
}

/**
 * A line times a bend of such a strength that, of these mini-batches, the furthest is `truth` off the line through
 * them.
 */
function bentLine(
  bend: (miniBatchSize: number) => number,
  truth: number,
  miniBatchSizes: readonly number[],
): (miniBatchSize: number) => number {
  const bent = (strength: number) => (batch: number) => (4 + 2 * batch) * Math.exp(strength * bend(batch));
  const deviationOf = (strength: number) => {
    const { cells } = cellMeans(
      miniBatchSizes.map((batch) => ({ inputSizePx: 224, miniBatchSize: batch, value: bent(strength)(batch) })),
    );
    const line = fitShape(linearPerSize([224]), cells);
    return Math.max(
      ...cells.map(({ miniBatchSize, meanLog }) =>
        Math.abs(Math.expm1(meanLog - (line?.logAt(224, miniBatchSize) ?? Number.NaN))),
      ),
    );
  };
  let [low, high] = [0, 4];
  for (let halving = 0; halving < 50; halving++) {
    const middle = (low + high) / 2;
    if (deviationOf(middle) < truth) low = middle;
    else high = middle;
  }
  return bent(low);
}

/** The verdicts on a first inference that takes `truth` times as long as a steady one in the median of all cells. */
export function warmupVerdicts(
  truth: number,
  sweep: SimulatedSweep,
  datasets: number,
  seed = 1,
): Promise<VerdictCounts> {
  return verdicts({ statistic: "warmup_over_latency", at_least: 1.5 }, datasets, (dataset) => {
    const random = seededRandom(seed, `warm-up ${truth} ${sweep.trials} ${sweep.deviation} ${dataset}`);
    const cells = cellsOfReference().map((cell) => ({ ...cell, ratio: truth * Math.exp(0.2 * random.normal()) }));
    const of = (factor: (cell: (typeof cells)[number]) => number) =>
      cells.flatMap((cell) => processes(cell.inputSizePx, cell.miniBatchSize, factor(cell) * cell.work, sweep, random));
    return evidenceOf({ latency: of(() => 1), warmup: of(({ ratio }) => ratio) });
  });
}

/** The verdicts on a memory whose largest cell takes `truth` times as much as its smallest. */
export function memoryVerdicts(
  truth: number,
  sweep: SimulatedSweep,
  datasets: number,
  seed = 1,
): Promise<VerdictCounts> {
  return verdicts({ statistic: "memory_largest_over_smallest", at_least: 1.5 }, datasets, (dataset) => {
    const random = seededRandom(seed, `memory ${truth} ${sweep.trials} ${sweep.deviation} ${dataset}`);
    const cells = cellsOfReference();
    const [least, most] = [Math.min(...cells.map(({ work }) => work)), Math.max(...cells.map(({ work }) => work))];
    const memory = cells.flatMap(({ inputSizePx, miniBatchSize, work }) =>
      processes(inputSizePx, miniBatchSize, 100 + (100 * (truth - 1) * (work - least)) / (most - least), sweep, random),
    );
    return evidenceOf({ memory });
  });
}

/** Features of the worlds of four parameters: the work, and others that grow with it. */
const PROXIES = 19;
const PROXY_DEVIATION = 0.3;
const TREES = 100;
/** Of a normal deviate, the median of its absolute value. */
const MEDIAN_ABSOLUTE = 0.6745;

/**
 * The verdicts on a warm-up that is linear in the work but for a median error of `truth`, among proxies of the work.
 */
export function fourParameterVerdicts(
  truth: number,
  sweep: SimulatedSweep,
  datasets: number,
  seed = 1,
): Promise<VerdictCounts> {
  return verdicts({ statistic: "four_parameter_error", at_most: 0.2 }, datasets, async (dataset) => {
    const random = seededRandom(seed, `four parameters ${truth} ${sweep.trials} ${sweep.deviation} ${dataset}`);
    const ofCell = Math.sqrt(Math.max(0, (truth / MEDIAN_ABSOLUTE) ** 2 - sweep.deviation ** 2));
    const cells = cellsOfReference().map((cell) => ({
      ...cell,
      features: [
        cell.work,
        ...Array.from({ length: PROXIES }, () => cell.work * Math.exp(PROXY_DEVIATION * random.normal())),
      ],
      warmup: (3 + cell.work) * Math.exp(ofCell * random.normal()),
    }));
    const warmup = cells.flatMap((cell) => processes(cell.inputSizePx, cell.miniBatchSize, cell.warmup, sweep, random));
    const rows = cells.flatMap(({ features }) => Array.from({ length: sweep.trials }, () => features));
    const clusters = cells.flatMap((_, cell) => Array.from({ length: sweep.trials }, () => cell));
    const groups = (rows[0] ?? []).map((_, index) => ({ name: `feature ${index}`, members: [], knownBefore: true }));
    const values = warmup.map(({ value }) => value);
    const target = values.map(Math.log);
    const evidence = await growForest({ rows, target, clusters }, { trees: TREES, seed: dataset + 1 });
    const ranking = rankFeatures(groups, evidence, target, seed);
    const fourParameters = fourParameterModel({ groups, rows }, { ranking, evidence }, values, clusters);
    return evidenceOf({ warmup }, { fourParameters, clusters });
  });
}

async function verdicts(
  condition: Condition,
  datasets: number,
  simulate: (dataset: number) => ClaimEvidence | Promise<ClaimEvidence>,
): Promise<VerdictCounts> {
  const counts = { reproduced: 0, "not reproduced": 0, inconclusive: 0 };
  for (let dataset = 0; dataset < datasets; dataset++) {
    counts[(await judgeCondition(condition, await simulate(dataset))).verdict]++;
  }
  return counts;
}

function processes(
  inputSizePx: number,
  miniBatchSize: number,
  typical: number,
  { trials, deviation }: SimulatedSweep,
  random: SeededRandom,
): Observation[] {
  return Array.from({ length: trials }, () => ({
    ...{ inputSizePx, miniBatchSize },
    value: typical * Math.exp(deviation * random.normal()),
  }));
}

function cellsOfReference() {
  return simulatedCells(staggered(SIZES, LARGEST)).map((cell) => ({
    ...cell,
    work: 1 + (cell.inputSizePx / 224) ** 2 * cell.miniBatchSize,
  }));
}

/** Only what the conditions above look at. */
function evidenceOf(
  quantities: Readonly<Partial<Record<"latency" | "warmup" | "memory", readonly Observation[]>>>,
  ranking?: Pick<Awaited<ReturnType<ClaimEvidence["ranking"]>>, "fourParameters" | "clusters">,
): ClaimEvidence {
  const fits = Object.entries(quantities).map(([name, observations]) => [name, fitQuantity(name, observations)]);
  return { fit: Object.fromEntries(fits), ranking: () => Promise.resolve(ranking as never) };
}

/** Growing forests takes so many times as long. */
const FEWER_FORESTS = 20;

/** A statistic, its threshold, a world, and the verdicts on it by what is true there. */
interface ClaimWorld {
  readonly name: string;
  readonly truths: readonly number[];
  /** Whether the statistic is a ratio that is told in per cent. */
  readonly isShare: boolean;
  judge(truth: number, sweep: SimulatedSweep, datasets: number, seed: number): Promise<VerdictCounts>;
}

const WORLDS: readonly ClaimWorld[] = [
  ...Object.keys(BENDS).map((bend) => ({
    name: `largest deviation from a line at most 10 %, ${bend}`,
    truths: [0, 0.05, 0.1, 0.15, 0.3],
    isShare: true,
    judge: (truth: number, sweep: SimulatedSweep, datasets: number, seed: number) =>
      linearVerdicts({ bend, truth, sweep }, datasets, seed),
  })),
  {
    name: "largest deviation from a line at most 10 %, one process so many times slower",
    truths: [1.5, 2, 3, 5],
    isShare: false,
    judge: (slowed, sweep, datasets, seed) =>
      linearVerdicts({ bend: "none", truth: 0, sweep: { ...sweep, slowed } }, datasets, seed),
  },
  { name: "W / L at least 1.5", truths: [1.3, 1.4, 1.5, 1.6, 1.8], isShare: false, judge: warmupVerdicts },
  {
    name: "memory, largest over smallest at least 1.5",
    truths: [1.3, 1.4, 1.5, 1.6, 1.8],
    isShare: false,
    judge: memoryVerdicts,
  },
  {
    name: "error of four parameters at most 20 %",
    truths: [0.1, 0.15, 0.2, 0.25, 0.35],
    isShare: true,
    judge: (truth, sweep, datasets, seed) =>
      fourParameterVerdicts(truth, sweep, Math.ceil(datasets / FEWER_FORESTS), seed),
  },
];

/** A table in Markdown: what is true a line, how it is measured a column; reproduced/not reproduced in per cent. */
export async function* claimsTable(datasets: number, seed: number): AsyncGenerator<string> {
  const sweeps = SWEEPS.map(({ trials, deviation }) => `${trials} trials, ${100 * deviation} %`);
  yield `| statistic | true value | ${sweeps.join(" | ")} |`;
  yield `|${"---|".repeat(SWEEPS.length + 2)}`;
  for (const { name, truths, isShare, judge } of WORLDS) {
    for (const truth of truths) {
      const cells: string[] = [];
      for (const sweep of SWEEPS) {
        const counts = await judge(truth, sweep, datasets, seed);
        const judged = VERDICTS.reduce((sum, verdict) => sum + counts[verdict], 0);
        const shareOf = (verdict: Verdict) => ((100 * counts[verdict]) / judged).toFixed(0);
        cells.push(`${shareOf("reproduced")}/${shareOf("not reproduced")}`);
      }
      yield `| ${[name, isShare ? `${100 * truth} %` : truth, ...cells].join(" | ")} |`;
    }
  }
}
