import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { anchorsOf } from "../../src/design/anchors.js";
import { plannedTrials, shapeOf } from "../../src/design/cells.js";
import { type Design, designSchema, readDesign } from "../../src/design/design.js";
import { parseShard } from "../../src/design/shard.js";
import { shareOf } from "../../src/design/share.js";

const DESIGNS = ["quick", "neighbours"].map((name) =>
  readDesign(join(PACKAGE_ROOT, "pipeline", "designs", `${name}.json`)),
);
const VARIED = DESIGNS.flatMap((design): Design[] => [
  design,
  { ...design, trials: 1 },
  { ...design, max_trials: 30 },
  { ...design, trials: 1, max_trials: 9 },
]);
const COUNTS = [1, 2, 7, 16, 100];

/** All shares of a design, and which trials beside the anchors are in each. */
function sharesOf(design: Design, of: number) {
  const most = design.max_trials ?? design.trials;
  return Array.from({ length: of }, (_, index) => {
    const share = shareOf(design, { index: index + 1, of });
    const ids = share.planned.map(({ trialId }) => trialId);
    return { ...share, ids, own: share.planned.filter(({ trial }) => trial <= most) };
  });
}

test("the shards of a design are the design, each trial once, and anchors of which none has the id of another", () => {
  for (const design of VARIED) {
    const planned = plannedTrials(design).map(({ trialId }) => trialId);
    for (const of of COUNTS) {
      const shares = sharesOf(design, of);
      const own = shares.flatMap((share) => share.own.map(({ trialId }) => trialId));
      assert.deepEqual(own.toSorted(), planned.toSorted(), `${design.name} in ${of}`);
      const all = shares.flatMap(({ ids }) => ids);
      assert.equal(new Set(all).size, all.length);
      assert.equal(all.length, planned.length + 2 * anchorsOf(design).length * of);
    }
  }
});

test("without max_trials shards have about as many trials as each other and take none of a line's first trials away", () => {
  for (const design of DESIGNS) {
    const { max_trials: _, ...plain } = design;
    for (const of of [2, 4, 7]) {
      const counts = sharesOf(plain, of).map(({ own }) => own.length);
      assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${design.name} in ${of}: ${counts}`);
    }
  }
});

test("the cells of a line have their first trials in the one shard that searches it, unless that is more than its share", () => {
  for (const design of VARIED) {
    for (const of of COUNTS) {
      const shares = sharesOf(design, of);
      const total = plannedTrials(design).length;
      for (const size of design.input_sizes_px) {
        for (const device of design.devices) {
          const isOfLine = ({ cell }: { cell: { inputSizePx: number; device: object } }) =>
            cell.inputSizePx === size && cell.device === device;
          const searching = shares.filter(({ searches }) =>
            searches({ inputSizePx: size, miniBatchSize: 1, ...device }),
          );
          const having = shares.filter(({ own }) => own.some((trial) => trial.trial === 1 && isOfLine(trial)));
          const cells = plannedTrials(design).filter((trial) => trial.trial === 1 && isOfLine(trial)).length;
          const isKept = cells <= Math.ceil(total / of);
          assert.equal(searching.length, isKept ? 1 : 0, `${design.name} ${size} px in ${of}`);
          if (isKept) assert.deepEqual(having, searching);
        }
      }
    }
  }
});

test("where cells get further processes, one shard gives a cell's, and has all of its trials but perhaps the first", () => {
  for (const design of VARIED.filter(({ max_trials }) => max_trials !== undefined)) {
    for (const of of COUNTS) {
      const shares = sharesOf(design, of);
      for (const { cell } of plannedTrials(design)) {
        const row = { ...cell, ...cell.device, trial: 1 };
        const repeating = shares.filter(({ repeats }) => repeats(row));
        assert.equal(repeating.length, 1);
        const [one] = repeating;
        for (let trial = 2; trial <= design.trials; trial++) {
          assert.ok(one?.own.some((planned) => planned.cell === cell || planned.trial === trial));
        }
        assert.equal(
          one?.repeats({ ...row, trial: (design.max_trials ?? 0) + 1 }),
          false,
          "an anchor counts for nothing",
        );
      }
    }
  }
});

test("a shard is the same whoever asks, and not that of another number of shards", () => {
  const [design] = DESIGNS;
  assert.ok(design);
  const ids = (index: number, of: number) => shareOf(design, { index, of }).planned.map(({ trialId }) => trialId);
  assert.deepEqual(ids(2, 4), ids(2, 4));
  assert.notDeepEqual(ids(2, 4), ids(2, 5));
  const anchors = anchorsOf(design).map(shapeOf);
  assert.deepEqual(anchors, ["128 1", "224 1", "320 1"]);
  // Written by hand: three trials of each cell are planned, and each of the shards before has two of each anchor.
  const expected = ["cpu-2t-128px-1mb-6", "cpu-2t-224px-1mb-6", "cpu-2t-320px-1mb-6"].map((id) =>
    id.replace("2t", `${design.devices[0]?.threads}t`),
  );
  assert.deepEqual(ids(2, 4).slice(0, 3), expected);
  assert.deepEqual(
    ids(2, 4).slice(-3),
    expected.map((id) => id.replace(/6$/, "7")),
  );
});

test("anchors are what the design names, on each of its devices", () => {
  const base = {
    name: "a",
    input_sizes_px: [32, 64],
    mini_batch_sizes: [1, 2],
    devices: [{ threads: 1 }, { threads: 2 }],
  };
  const anchored = designSchema.parse({ ...base, anchors: [{ input_size_px: 64, mini_batch_size: 2 }] });
  assert.deepEqual(
    anchorsOf(anchored).map((cell) => `${shapeOf(cell)} ${cell.device.threads}`),
    ["64 2 1", "64 2 2"],
  );
  assert.deepEqual(anchorsOf(designSchema.parse({ ...base, anchors: [] })), []);
  for (const stray of [
    { input_size_px: 64, mini_batch_size: 4 },
    { input_size_px: 48, mini_batch_size: 1 },
  ]) {
    const { error } = designSchema.safeParse({ ...base, anchors: [stray] });
    assert.match(error?.message ?? "", /allowed are cells of the design/);
  }
});

test("a shard is written as i/n, from 1", () => {
  assert.deepEqual(parseShard("--shard", "2/8"), { index: 2, of: 8 });
  for (const text of ["0/4", "5/4", "1", "1/0", "01/4", "1/4/2", "-1/4", "1.5/4", "a/b", ""]) {
    assert.throws(() => parseShard("--shard", text), { name: "UserError", message: /^--shard ".*": allowed is i\/n/ });
  }
});
