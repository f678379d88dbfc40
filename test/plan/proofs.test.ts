import assert from "node:assert/strict";
import { test } from "node:test";
import { ask } from "../../bench/proofs/ask.js";
import { bestValue } from "../../bench/proofs/exhaustive.js";
import { inUnit } from "../../bench/proofs/judge.js";
import { judgeExports } from "../../bench/proofs/judge-exports.js";
import { otherSolvers } from "../../bench/proofs/other-solvers.js";
import { commandOf, kindOf, problemOf } from "../../bench/proofs/question.js";
import { randomQuestion } from "../../bench/proofs/random-question.js";
import { groupBy } from "../../src/core/group-by.js";

const SEED = 20;
const QUESTIONS = 360;
const EXPORTS = 12;
/** Shares no divisor with the number of kinds, which follow each other. */
const EVERY = 29;

const questions = Array.from({ length: QUESTIONS }, (_, index) => randomQuestion(SEED, index));
const goals = groupBy(questions, ({ ask: { planClass, objective } }) => `${planClass} at best ${objective}`);

for (const [goal, own] of goals) {
  test(`${goal}: what is called proven is the best of all plans, bounds hold, reasons are true`, async () => {
    const wrong: string[] = [];
    for (const question of own) {
      const problem = problemOf(question);
      const best = bestValue(problem);
      const { failures, missesTime } = await ask(problem, best, [10_000]);
      if (missesTime) wrong.push(`${kindOf(question)}: a later time would do ${commandOf(question)}`);
      const expected = best === undefined ? "no plan" : inUnit(problem, best);
      for (const { wrong: way, detail } of failures) {
        wrong.push(`${kindOf(question)}: ${way}, ${detail}; expected ${expected}
    ${commandOf(question)}
    ${JSON.stringify({ devices: question.devices })}`);
      }
    }
    assert.deepEqual(wrong, []);
  });
}

test("exported programs have the best plan's value in every solver that is installed", async () => {
  const solvers = otherSolvers();
  const wrong: string[] = [];
  for (let place = 0; place < EXPORTS; place++) {
    const question = questions[place * EVERY];
    if (question === undefined) continue;
    const problem = problemOf(question);
    for (const { solver, format, formulation, detail } of await judgeExports(problem, bestValue(problem), solvers)) {
      wrong.push(`${kindOf(question)}: ${solver} ${format} ${formulation}, ${detail}
    ${commandOf(question)}
    ${JSON.stringify({ devices: question.devices })}`);
    }
  }
  assert.deepEqual(wrong, []);
});
