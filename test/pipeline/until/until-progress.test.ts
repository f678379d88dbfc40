import assert from "node:assert/strict";
import { mock, type TestContext, test } from "node:test";
import { showUntil, untilLines } from "../../../pipeline/until/until-progress.js";
import type { SweepEvent } from "../../../src/measure/sweep-event.js";
import type { ChosenTrial } from "../../../src/measure/trial-chooser.js";

const QUESTION = "plan soft --images 10000 --deadline 10s --devices 32 --size 224";
const CHOSEN = {
  planned: { trialId: "x", trial: 2, cell: { inputSizePx: 224, miniBatchSize: 16 } },
  choice: { because: "may be better than 8, by 1.2 % in the mean of what is possible" },
  answer: "mini-batch 8, about 7 devices, 83.2 % sure",
  leftMs: 21_000,
} as ChosenTrial;

/** What is written on stderr of a kind. */
function captured(context: TestContext, isTTY: boolean): string[] {
  const written: string[] = [];
  const before = process.stderr.isTTY;
  process.stderr.isTTY = isTTY;
  const write = mock.method(process.stderr, "write", (text: string) => written.push(text) > 0);
  context.after(() => {
    process.stderr.isTTY = before;
    write.mock.restore();
  });
  return written;
}

const EVENTS = [
  { kind: "started", total: 3, alreadyDone: 3, droppedLines: 0 },
  { kind: "chosen", chosen: CHOSEN },
  { kind: "trial_ended", planned: CHOSEN.planned, trial: { status: "ok" } },
  { kind: "chosen", chosen: { ...CHOSEN, answer: undefined, leftMs: undefined } },
] as unknown as readonly SweepEvent[];

for (const columns of [40, 80]) {
  test(`question, answer, what is next and why, and what is left fit ${columns} columns and are all there`, () => {
    const lines = untilLines(QUESTION, 9, CHOSEN, columns);
    assert.ok(lines.every(({ length }) => length <= columns));
    assert.equal(
      lines.join(" "),
      [
        `until: ${QUESTION}`,
        "answer: mini-batch 8, about 7 devices, 83.2 % sure (9 trials)",
        "next: 224 px × 16, trial 2: may be better than 8, by 1.2 % in the mean of what is possible",
        "left: about 21 s",
      ].join(" "),
    );
  });
}

test("cells of several devices are named with theirs", (context) => {
  const written = captured(context, false);
  const { cell } = CHOSEN.planned;
  const planned = { ...CHOSEN.planned, cell: { ...cell, device: { provider: "cpu", threads: 2, concurrent: 1 } } };
  const { tell } = showUntil(QUESTION, true);
  tell({ kind: "chosen", chosen: { ...CHOSEN, planned } } as unknown as SweepEvent);
  tell({ kind: "trial_ended", planned, trial: { status: "ok" } } as unknown as SweepEvent);
  assert.match(written.join(""), /^next: cpu-2t, 224 px × 16, trial 2: .*\n1 cpu-2t, 224 px × 16, trial 2: ok$/m);
});

test("on a terminal the lines are drawn over those before, on one of 40 columns, too", (context) => {
  const written = captured(context, true);
  const { COLUMNS } = process.env;
  process.env.COLUMNS = "40";
  context.after(() => {
    if (COLUMNS === undefined) delete process.env.COLUMNS;
    else process.env.COLUMNS = COLUMNS;
  });
  const { tell } = showUntil(QUESTION);
  for (const event of EVENTS) tell(event);
  const [first = "", second = ""] = written;
  const drawn = first.split("\n").length - 1;
  assert.equal(second.slice(0, `\u001b[${drawn}A`.length), `\u001b[${drawn}A`);
  const shown = [first, second].flatMap((text) => text.split("\u001b[J").at(-1)?.split("\n") ?? []);
  assert.ok(shown.length > 8 && shown.every(({ length }) => length < 40));
});

test("into a pipe each trial is two plain lines, with the answer where there is one", (context) => {
  const written = captured(context, false);
  const { tell } = showUntil(QUESTION);
  for (const event of EVENTS) tell(event);
  assert.deepEqual(written, [
    `until: ${QUESTION}\n`,
    "going on from 3 trials\n",
    "answer: mini-batch 8, about 7 devices, 83.2 % sure\n",
    "next: 224 px × 16, trial 2: may be better than 8, by 1.2 % in the mean of what is possible; left: about 21 s\n",
    "4 224 px × 16, trial 2: ok\n",
    "next: 224 px × 16, trial 2: may be better than 8, by 1.2 % in the mean of what is possible; left: not known yet\n",
  ]);
});
