import assert from "node:assert/strict";
import { test } from "node:test";
import { errorsIn } from "../../../bench/truth/functions.js";
import { seededRandom } from "../../../src/core/seeded-random.js";
import { cellMeans } from "../../../src/fit/law/cell-means.js";
import { deviationGrid, deviationKinds } from "../../../src/fit/law/deviation-grid.js";
import { fitLaw } from "../../../src/fit/law/fit-law.js";
import { krigedLaw } from "../../../src/fit/law/kriging.js";
import { fitShape } from "../../../src/fit/law/law-fit.js";
import { type LawShape, lawShapes } from "../../../src/fit/law/law-shape.js";
import type { Observation } from "../../../src/fit/observed/observation.js";
import { LATENCY_WORLDS, observeWorld } from "../../worlds/latency-worlds.js";

const STAGGERED = { 64: [1, 2, 3, 6, 16], 128: [1, 2, 5, 9, 16], 224: [1, 2, 4, 7, 16], 320: [1, 3, 6, 11, 16] };
const POWERS = Object.fromEntries(Object.keys(STAGGERED).map((size) => [size, [1, 2, 4, 8, 16]]));

/** A bent surface whose trials scatter by a formula, so that another program can make the same. */
function bent(): Observation[] {
  let cell = -1;
  return Object.entries(STAGGERED).flatMap(([size, batches]) =>
    batches.flatMap((miniBatchSize) => {
      cell++;
      const value = 3 + 2.5 * (Number(size) / 224) ** 2 * miniBatchSize * (1 + 0.15 * Math.sin(miniBatchSize));
      return [0, 1, 2].map((trial) => ({
        ...{ inputSizePx: Number(size), miniBatchSize },
        value: value * Math.exp(0.08 * Math.sin(1 + 7.3 * cell + 2.1 * trial ** 1.5)),
      }));
    }),
  );
}

/** By numpy and scipy: a prototype of the method in Python on the same trials, with the same grid of 201 kinds. */
const ORACLE: readonly (readonly [name: string, bic: number, noise: number, at: readonly (readonly number[])[]])[] = [
  [
    "linear with area",
    ...[-326.3138121064967, 0.003751035853165584],
    [
      [224, 4, 2.5257763043647468, 0.0008852982950051388],
      [128, 12, 2.4993603315895347, 0.0030110926713672547],
      [64, 10, 1.5980816038246324, 0.002368684856761589],
      [448, 20, 5.281013809578176, 0.004079230644766584],
    ],
  ],
  [
    "power",
    ...[-274.9327338848691, 0.004277440228283685],
    [
      [224, 4, 2.5514771225047017, 0.0012223088915204814],
      [448, 20, 5.103760081061986, 0.03773773839080055],
    ],
  ],
  [
    "linear per size",
    ...[-312.2604502574518, 0.0038443544051170895],
    [
      [128, 12, 2.5141086678830598, 0.0033797906379558155],
      [64, 10, 1.5769185767539404, 0.0034285211722000493],
    ],
  ],
] as unknown as (readonly [string, number, number, readonly (readonly number[])[]])[];

test("law and deviation say what a prototype in another language says, to seven digits", () => {
  const means = cellMeans(bent());
  const grid = deviationGrid(means.cells);
  assert.equal(grid.length, 201);
  for (const [name, bic, noise, at] of ORACLE) {
    const shape = lawShapes(means.cells, { steps: true }).find((candidate) => candidate.name === name);
    assert.ok(shape !== undefined, name);
    const plain: LawShape = name === "power" ? { ...shape, constants: [0] } : shape;
    const law = fitShape(plain, means.cells);
    assert.ok(law !== undefined);
    const kriged = krigedLaw(law, means, grid);
    const close = (found: number | undefined, expected: number, what: string) =>
      assert.ok(Math.abs((found ?? Number.NaN) / expected - 1) < 1e-7, `${name} ${what}: ${found} is not ${expected}`);
    close(kriged.bic, bic, "bic");
    close(kriged.noise, noise, "noise");
    for (const [size = 0, batch = 0, mean = 0, variance = 0] of at) {
      close(kriged.at(size, batch)?.mean, mean, `mean at ${size} × ${batch}`);
      close(kriged.at(size, batch)?.variance, variance, `variance at ${size} × ${batch}`);
    }
  }
});

test("the priors of all kinds of deviation add up to 1, on the fine grid and on that for many cells", () => {
  for (const [cells, count] of [
    [20, 201],
    [150, 31],
  ] as const) {
    const kinds = deviationKinds(cells);
    assert.equal(kinds.length, count);
    const total = kinds.reduce((sum, { logPrior }) => sum + Math.exp(logPrior), 0);
    assert.ok(Math.abs(total - 1) < 1e-12, String(total));
  }
});

for (const [world, atMost] of [
  ["linear", 0.035],
  ["steps of 8", 0.05],
  ["V", 0.09],
] as const) {
  test(`in a world that is ${world} law and deviation err less than others, and their intervals hold`, () => {
    const { errors, covered } = errorsIn(world, 2, 0.1);
    const [median, ninth] = errors["law and deviation"];
    for (const other of ["linear per size", "Gaussian process", "isotonic"] as const) {
      assert.ok(median <= 1.15 * errors[other][0] && ninth <= 1.15 * errors[other][1], `${world}: ${other}`);
    }
    assert.ok(ninth < atMost, `${world}: ${ninth}`);
    assert.ok(covered > 0.82 && covered < 0.97, `${world}: ${covered}`);
  });
}

function observed(world: string, bySize: Readonly<Record<string, readonly number[]>>, seed = 3): Observation[] {
  const random = seededRandom(seed, world);
  const truth = LATENCY_WORLDS[world]?.(random, [64, 128, 224, 320]) ?? (() => 1);
  return observeWorld(truth, bySize, { trials: 3, deviation: 0.05 }, random);
}

test("steps are among the laws where the mini-batches can tell them, and then one law is chosen", () => {
  const told = fitLaw(observed("steps of 8", STAGGERED));
  assert.deepEqual([told?.laws[0]?.name, told?.laws[0]?.constant, told?.laws[0]?.weight], ["staircase", 8, 1]);
  const untold = fitLaw(observed("steps of 8", POWERS));
  assert.deepEqual(
    untold?.laws.filter(({ name }) => name === "staircase" || name === "padding"),
    [],
  );
  assert.ok(Math.abs((untold?.laws ?? []).reduce((sum, { weight }) => sum + weight, 0) - 1) < 1e-9);
  const bics = untold?.laws.map(({ bic }) => bic) ?? [];
  assert.deepEqual(
    bics.toSorted((a, b) => a - b),
    bics,
  );
});

test("where processes of small mini-batches scatter more, their intervals are wider, and else about as wide as others", () => {
  const widthAt = (batch: number, exponent: number) => {
    const random = seededRandom(5, "falling");
    const trials = { trials: 5, deviation: (size: number) => 0.17 * size ** exponent };
    const truth = LATENCY_WORLDS.linear?.(random, [64, 128, 224, 320]) ?? (() => 1);
    const { low, high } = fitLaw(observeWorld(truth, STAGGERED, trials, random))
      ?.at(128, batch)
      ?.ofProcess(0.9) ?? {
      low: 1,
      high: 1,
    };
    return Math.log(high / low);
  };
  // 0.17 at 1 and 0.074 at 16 are 2.3 to 1.
  const [falling, equal] = [-0.3, 0].map((exponent) => widthAt(1, exponent) / widthAt(16, exponent));
  assert.ok((falling ?? 0) > 1.7 && (falling ?? 0) < 3.2, String(falling));
  assert.ok((equal ?? 0) > 0.7 && (equal ?? 0) < 1.45, String(equal));
});

test("an input size that was not measured is answered, more widely, by a law that is not per size", () => {
  const law = fitLaw(observed("linear per size", STAGGERED, 11));
  const [known, between] = [law?.at(224, 5), law?.at(192, 5)];
  assert.ok(known !== undefined && between !== undefined);
  const width = ({ interval }: typeof known) => Math.log(interval(0.9).high / interval(0.9).low);
  assert.ok(width(between) > width(known), `${width(between)} beside ${width(known)}`);
  const { low, high } = known.ofProcess(0.9);
  assert.ok(low < known.interval(0.9).low && high > known.interval(0.9).high, "a process scatters around the function");
});

test("without noise the cells are met, and with too little nothing is said", () => {
  const exact = Object.entries(STAGGERED).flatMap(([size, batches]) =>
    batches.flatMap((miniBatchSize) => {
      const value = 2 + 3 * (Number(size) / 224) ** 2 * miniBatchSize;
      return [value, value].map((ms) => ({ inputSizePx: Number(size), miniBatchSize, value: ms }));
    }),
  );
  assert.ok(Math.abs((fitLaw(exact)?.at(224, 9)?.value ?? 0) / 29 - 1) < 1e-6);
  const once = exact.filter((_, index) => index % 2 === 0);
  assert.equal(fitLaw(once), undefined, "nothing was repeated");
  assert.equal(fitLaw(exact.slice(0, 6)), undefined, "three cells");
  assert.equal(fitLaw(exact.map((one, index) => (index === 3 ? { ...one, value: 0 } : one))), undefined);
  assert.throws(
    () => cellMeans([{ inputSizePx: 1, miniBatchSize: 1, value: -1 }]),
    /value -1, allowed are numbers above 0/,
  );
});

test("microseconds or hours, laws say the same in other units, the sharpest roofline, too", () => {
  const random = seededRandom(7, "units");
  const sharp = (size: number, batch: number) => Math.max(40, 10 * (size / 224) ** 2 * batch);
  const trials = observeWorld(sharp, STAGGERED, { trials: 3, deviation: 0.05 }, random);
  const law = fitLaw(trials);
  assert.deepEqual([law?.laws[0]?.name, law?.laws[0]?.constant], ["smooth roofline", 20]);
  const plain = law?.at(224, 10);
  for (const unit of [1e-6, 1e3, 3.6e6]) {
    const other = fitLaw(trials.map((trial) => ({ ...trial, value: unit * trial.value })))?.at(224, 10);
    for (const [found = 0, expected = 0] of [
      [other?.value, plain?.value],
      [other?.ofProcess(0.9).low, plain?.ofProcess(0.9).low],
      [other?.ofProcess(0.9).high, plain?.ofProcess(0.9).high],
    ]) {
      assert.ok(Math.abs(found / unit / expected - 1) < 1e-6, `${unit}: ${found / unit}, not ${expected}`);
    }
  }
});

test("where only two mini-batches were measured, intervals between them have an end", () => {
  const cells: readonly (readonly [size: number, batch: number, ...values: number[]])[] = [
    [40, 1, 1.097, 1.381, 0.928, 1.373, 1.056],
    [40, 64, 2.778, 2.738, 2.612, 2.599, 2.756],
    [64, 1, 1.366, 1.486, 1.265, 1.224, 1.317],
    [299, 1, 1.887, 2.652, 3.598, 2.492, 2.928],
  ];
  const law = fitLaw(
    cells.flatMap(([inputSizePx, miniBatchSize, ...values]) =>
      values.map((value) => ({ inputSizePx, miniBatchSize, value })),
    ),
  );
  for (const batch of [1, 2, 8, 23, 64]) {
    const { low, high } = law?.at(40, batch)?.ofProcess(0.9) ?? assert.fail("nothing");
    assert.ok(high / low < 1000, `${batch}: ${low} to ${high}`);
  }
});

test("of laws that say the same the simplest is named, whatever the order of the trials and the unit", () => {
  const random = seededRandom(2, "order");
  const latency = (_: number, batch: number) => 2 * Math.sqrt(1 + batch);
  for (let dataset = 0; dataset < 4; dataset++) {
    const trials = observeWorld(latency, { 64: [1, 3, 7, 15] }, { trials: 2, deviation: 0.1 }, random);
    for (const unit of [1, 1e-4, 7, 3.6e6]) {
      const law = fitLaw(random.shuffle(trials).map((trial) => ({ ...trial, value: unit * trial.value })));
      // Of one size linear per size and linear with area are the same line.
      const lines = law?.laws.flatMap(({ name }) => (/^linear/.test(name) ? [name] : []));
      assert.deepEqual(lines, ["linear"], `${dataset} × ${unit}`);
    }
  }
});

test("a constant that was chosen among several costs a degree of freedom, as a coefficient does", () => {
  const means = cellMeans(bent());
  const grid = deviationGrid(means.cells);
  const degreesOf = (name: string, constants?: readonly number[]) => {
    const shape = lawShapes(means.cells, { steps: true }).find((candidate) => candidate.name === name);
    const law = shape && fitShape(constants ? { ...shape, constants } : shape, means.cells);
    const kriged = law && krigedLaw(law, means, grid);
    return kriged && means.trials - kriged.slopes.columns - kriged.degrees;
  };
  assert.equal(degreesOf("linear with area"), 0);
  assert.equal(degreesOf("staircase", [3]), 0, "one alone is not chosen");
  for (const name of ["staircase", "hinge", "work step", "smooth roofline"]) assert.equal(degreesOf(name), 1, name);
});
