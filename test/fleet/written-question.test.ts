import assert from "node:assert/strict";
import { test } from "node:test";
import { askedQuestion } from "../../src/fleet/written-question.js";

const FLAGS = { devices: "1", latency: "median", start: "loaded" };

test("workloads have names and images, in the order in which they are given", () => {
  const asked = (flags: object) => {
    const { workloads, question } = askedQuestion("relaxed", { ...FLAGS, budget: "1s", ...flags });
    return [workloads, question.images];
  };
  assert.deepEqual(asked({ workload: ["224=0", "160=1e3"] }), [["224", "160"], { 160: 1000, 224: 0 }]);
  assert.deepEqual(asked({}), [["images"], { images: 0 }]);
  const soft = (flags: object) => askedQuestion("soft", { ...FLAGS, deadline: "1s", ...flags });
  assert.deepEqual(soft({ images: "5" }).question.images, { images: 5 });
  for (const [flags, message] of [
    [{ workload: ["a=0"] }, /--workload "0": allowed are whole numbers from 1/],
    [{ workload: ["a"] }, /--workload "a": allowed is NAME=IMAGES/],
    [{ workload: ["a=1"], images: "1" }, /--images: not allowed together with --workload/],
    [{ workload: ["a=1", "a=2"] }, /workload a: given twice, allowed is once/],
    [{}, /--images: missing/],
  ] as const) {
    assert.throws(() => soft(flags), { name: "UserError", message });
  }
});

test("each option of a question is in it, and none that was not given", () => {
  assert.deepEqual(askedQuestion("soft", { ...FLAGS, images: "7", deadline: "1.5s" }).question, {
    planClass: "soft",
    images: { images: 7 },
    start: "loaded",
    timeMs: 1500,
  });
  const given = { maxCost: "5", maxEnergyJ: "900", maxPowerW: "400", maxSizes: "2", miniBatchSize: "32" };
  const more = { objective: "energy", billing: "busy", confidence: "0.9", maxLatency: "p99=5ms", shorterLast: true };
  assert.deepEqual(askedQuestion("best-effort", { ...FLAGS, ...given, ...more, start: "cold", images: "7" }).question, {
    planClass: "best-effort",
    images: { images: 7 },
    start: "cold",
    objective: "energy",
    billing: "busy",
    confidence: 0.9,
    maxLatency: { name: "--max-latency p99=5ms", limitUs: 5000, confidence: 0.99 },
    caps: { cost: 5, energyJ: 900, powerW: 400 },
    maxSizes: 2,
    miniBatchSize: 32,
    shorterLast: true,
  });
});

test("a confidence and a start that make no sense are refused with what is allowed", () => {
  const asked = (flags: object) => () => askedQuestion("soft", { ...FLAGS, images: "7", deadline: "1s", ...flags });
  for (const confidence of ["0.5", "1", "much", ""]) {
    assert.throws(asked({ confidence }), /--confidence ".*": allowed are .* 0\.5 and 1$/);
  }
  assert.throws(asked({ start: "hot" }), /--start hot: allowed are loaded, cold, warm$/);
});
