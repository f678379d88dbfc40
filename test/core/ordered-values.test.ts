import assert from "node:assert/strict";
import { test } from "node:test";
import { OrderedValues } from "../../src/core/ordered-values.js";
import { seededRandom } from "../../src/core/seeded-random.js";

const random = seededRandom(1, "ordered values");
const drawn = Array.from({ length: 5000 }, () => random.integer(0, 999));
const rising = Array.from({ length: 1100 }, (_, index) => index);

for (const [name, values] of [
  ["drawn, many of them equal", drawn],
  ["rising", rising],
  ["falling", [...rising].reverse()],
  ["all equal", new Array<number>(1100).fill(7)],
] as const) {
  test(`values that are ${name} stand in ascending order, however many`, () => {
    const ordered = new OrderedValues();
    for (const value of values) ordered.add(value);
    assert.equal(ordered.size, values.length);
    // Oracle: the sort of the language.
    const places = values.map((_, index) => index);
    assert.deepEqual(
      places.map((place) => ordered.at(place)),
      values.toSorted((a, b) => a - b),
    );
    assert.equal(ordered.at(values.length), undefined);
  });
}
