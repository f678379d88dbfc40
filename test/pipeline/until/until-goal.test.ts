import assert from "node:assert/strict";
import { test } from "node:test";
import { planGoalOf } from "../../../pipeline/until/plan-goal.js";
import { parseUntil } from "../../../pipeline/until/until-goal.js";
import { UserError } from "../../../src/core/user-error.js";
import { designSchema } from "../../../src/design/design.js";

const DESIGN = designSchema.parse({
  ...{ name: "small", input_sizes_px: [64, 224], mini_batch_sizes: [1, 2, 4] },
  devices: [{ threads: 1 }, { threads: 2, concurrent: 2 }],
});

function goalOf(text: string) {
  const goal = parseUntil(text);
  assert.ok(goal.kind === "plan");
  return planGoalOf(DESIGN, goal, { indifference: 0.02, budgetMs: 1000 });
}

test("a plan's question is read as plan reads it, and becomes what is decided", () => {
  const goal = goalOf("plan soft --images 10000 --deadline '10 s' --devices 32 --size 64 --max-uses 50 --start cold");
  assert.deepEqual(
    [goal.inputSizePx, goal.devices, goal.start, goal.device.threads, goal.leastRepeated],
    [64, 32, "cold", 1, 0],
  );
  assert.deepEqual(goal.question, {
    ...{ objective: "devices", timeMs: 10_000, images: 10_000, maxUses: 50 },
    ...{ maxLatencyMs: Number.POSITIVE_INFINITY, indifference: 0.02 },
  });
  const relaxed = goalOf(
    'plan relaxed --budget "1 min" --devices 2 --max-latency 50ms --concurrent 2 --confidence 0.9',
  );
  assert.deepEqual([relaxed.inputSizePx, relaxed.device.threads, relaxed.leastRepeated], [224, 2, 9]);
  assert.deepEqual(
    [relaxed.question.objective, relaxed.question.images, relaxed.question.maxLatencyMs],
    ["images", 0, 50],
  );
});

test("a precision and the claims are read, however blanks stand", () => {
  assert.deepEqual(parseUntil("  precision   2.5% "), { kind: "precision", text: "precision 2.5%", halfWidth: 0.025 });
  assert.deepEqual(parseUntil("claims"), { kind: "claims", text: "claims" });
});

test("what can't be measured until is one line that says what is allowed", () => {
  const refused: [text: string, message: RegExp][] = [
    ["", /^--until "": allowed are plan/],
    ["everything", /^--until "everything": allowed are plan/],
    ["claims 1", /^--until "claims 1": allowed are plan/],
    ["precision", /^--until "precision": allowed are plan/],
    ["precision 0%", /^--until precision "0%": allowed are per cent above 0/],
    ["precision 5", /^--until precision "5": allowed are per cent above 0/],
    ["plan", /^--until: plan : allowed are soft, relaxed$/],
    ["plan hard --images 1", /^--until: plan hard: allowed are soft, relaxed$/],
    ["plan soft --images 1", /^--deadline: missing/],
    ["plan soft --images x --deadline 1s", /^--images "x": allowed are whole numbers/],
    ["plan soft --deadlines 1s", /^--until: plan soft: unknown option '--deadlines'/],
    ["plan soft --help", /^--until: plan soft: /],
    ["plan soft data/quick --images 1 --deadline 1s", /^--until: plan soft: data\/quick, allowed are --images/],
    ["plan soft --images 1 --deadline 1s --pareto 3", /^--until: plan soft: --pareto, allowed are --images/],
    ["plan soft --images 1 --deadline 1s --devices d.json", /^--devices "d.json": allowed are whole numbers/],
    ["plan soft --images 1 --deadline 1s --max-latency p99=5ms", /--max-latency p99=5ms: allowed is a time/],
    ["plan soft --images 1 --deadline '1s", /a quote is not closed$/],
  ];
  for (const [text, message] of refused) {
    assert.throws(
      () => parseUntil(text),
      (error: unknown) => {
        assert.ok(error instanceof UserError, text);
        assert.match(error.message, message, text);
        return !error.message.includes("\n");
      },
    );
  }
  assert.throws(() => goalOf("plan soft --images 1 --deadline 1s --size 96"), /--size 96: .* allowed are 64, 224$/);
  assert.throws(
    () => goalOf("plan soft --images 1 --deadline 1s --threads 3"),
    /no such device, allowed are cpu-1t, cpu-2t-2c$/,
  );
});
