import assert from "node:assert/strict";
import { test } from "node:test";
import { fisherUpperTail } from "../../src/core/fisher-f.js";
import { seededRandom } from "../../src/core/seeded-random.js";
import { LINEAR_PER_SIZE } from "../../src/fit/candidate-forms.js";
import { fitFunction } from "../../src/fit/fit-function.js";
import { lackOfFitLines } from "../../src/fit/fit-tables.js";
import type { FittedFunction } from "../../src/fit/fitted-function.js";
import { lackOfFit } from "../../src/fit/lack-of-fit.js";
import type { Observation } from "../../src/fit/observed/observation.js";

function at(miniBatchSize: number, ...values: number[]): Observation[] {
  return values.map((value) => ({ inputSizePx: 64, miniBatchSize, value }));
}

/** A function of one coefficient: so many ms an image. */
function perImage(ms: number): FittedFunction {
  const fitted = fitFunction("latency_ms", LINEAR_PER_SIZE, [...at(1, 10), ...at(2, 20)]);
  return { ...fitted, coefficients: { mbs: ms }, extrapolate: (_, miniBatchSize) => ms * miniBatchSize };
}

const OBSERVED = [...at(1, 10.4, 9.9, 10.1), ...at(2, 19, 21.5), ...at(4, 55, 52, 57), ...at(8, 80, 83, 78)];

function close(found: number | undefined, expected: number): void {
  assert.ok(Math.abs((found ?? Number.NaN) / expected - 1) < 1e-8, `${found} is not ${expected}`);
}

test("the upper tail of Fisher's F is that of another library", () => {
  // scipy 1.17: f.sf(f, numerator, denominator)
  close(fisherUpperTail(4.96, 1, 10), 0.05008765056646815);
  close(fisherUpperTail(11.4, 51, 212), 1.9738469668471912e-38);
  close(fisherUpperTail(0.8, 3, 7), 0.532098265312622);
  close(fisherUpperTail(2.5, 2.5, 40), 0.08319201667474863);
});

test("F, its degrees, p, and the misfit of each cell are those of the mean squares between and within cells", () => {
  // By numpy and scipy from the logarithms, with 10 ms an image.
  const found = lackOfFit(perImage(10), OBSERVED);
  assert.deepEqual(found?.degrees, [3, 7]);
  close(found?.f, 45.13675910142716);
  close(found?.pValue, 6.011758751725738e-5);
  close(found?.beyondNoise, 0.18609352426015732);
  assert.deepEqual(
    found?.cells.map(({ miniBatchSize }) => miniBatchSize),
    [4, 1, 2, 8],
    "the cell that is missed most comes first",
  );
  const [worst, , second] = found?.cells ?? [];
  close(worst?.error, -0.26777194995916737);
  close(worst?.interval.low, -0.3127652057568707);
  close(second?.interval.high, 0.06946096110832348);
});

test("the test is a line with the worst cells, and none where nothing was repeated", () => {
  const lines = lackOfFitLines({ lackOfFit: () => lackOfFit(perImage(10), OBSERVED) });
  assert.deepEqual(lines, [
    "lack of fit: F(3, 7) = 45.1, p = 0.000060; beyond the scatter of trials off by 18.6 % (1 sd), most by " +
      "−26.8 % at 64 px × 4, −1.3 % at 64 px × 1, −1.0 % at 64 px × 2",
  ]);
  assert.deepEqual(lackOfFitLines({ lackOfFit: () => lackOfFit(perImage(10), [...at(1, 10), ...at(2, 20)]) }), []);
  assert.equal(lackOfFit(perImage(10), at(1, 10, 11)), undefined, "one cell for one coefficient");
  assert.equal(
    lackOfFit(perImage(10), [...at(1, 10, 10), ...at(2, 20, 20)]),
    undefined,
    "no scatter to hold it against",
  );
});

test("a law that is right is rejected at the level that p names, and one that bends nearly always", () => {
  const shares = [0, 0.5].map((bend) => {
    let rejected = 0;
    for (let seed = 0; seed < 300; seed++) {
      const random = seededRandom(seed, "lack of fit");
      const observed = [1, 2, 4, 8, 16, 32].flatMap((size) =>
        at(size, ...[1, 2, 3].map(() => (5 + 3 * size) * (1 + (bend * size) / 32) * Math.exp(0.08 * random.normal()))),
      );
      const found = lackOfFit(fitFunction("latency_ms", LINEAR_PER_SIZE, observed), observed);
      if ((found?.pValue ?? 1) < 0.05) rejected++;
    }
    return rejected / 300;
  });
  assert.ok((shares[0] ?? 1) > 0.02 && (shares[0] ?? 1) < 0.09, `right: ${shares[0]}`);
  assert.ok((shares[1] ?? 0) > 0.4, `bent: ${shares[1]}`);
});

test("trials that are equal have no scatter to test by, however their mean is rounded", () => {
  const equal = [...at(1, 2.3, 2.3, 2.3), ...at(2, 4.7, 4.7, 4.7), ...at(4, 9.1, 9.1, 9.1)];
  assert.equal(lackOfFit(perImage(2.3), equal), undefined);
});
