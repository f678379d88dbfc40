import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeviceConfiguration } from "../../src/design/design.js";
import { Pulse } from "../../src/measure/pulse.js";
import { playing } from "./played-trial.js";

const ONE_THREAD: DeviceConfiguration = { provider: "cpu", threads: 1, concurrent: 1 };

test("a pulse runs a real inference in one kept process, and the price of a page where it is asked for", async () => {
  const failures: string[] = [];
  const pulse = new Pulse((detail) => failures.push(detail));
  let first = await pulse.read(ONE_THREAD, undefined, "inference and memory");
  // A machine under load may not say how much of the time was a wait for a core: then it is asked again.
  for (let asked = 1; asked < 20 && first?.touchUsPerPage === undefined; asked++) {
    first = await pulse.read(ONE_THREAD, undefined, "inference and memory");
  }
  const second = await pulse.read(ONE_THREAD, undefined, "inference");
  await pulse.close();
  assert.ok((first?.inferenceMs ?? 0) > 0 && (second?.inferenceMs ?? 0) > 0);
  assert.ok((first?.touchUsPerPage ?? 0) > 0);
  assert.equal(second?.touchUsPerPage, undefined);
  assert.deepEqual(failures, [], "its end is no failure");
});

test("a device has a process of its own, and what can't be taken is said once and asked no more", async () => {
  const failures: string[] = [];
  const pulse = new Pulse((detail) => failures.push(detail));
  // Each process tells its number in place of a latency: one alone is asked twice.
  const script = `const { threads } = JSON.parse(work());
    if (threads === 3) { tell({ event: "failed", detail: "no such device" }); process.exit(1); }
    tell({ event: "ready" });
    let asked = 0;
    for await (const _ of (await import("node:readline")).createInterface({ input: process.stdin })) {
      if (threads === 2 && asked === 1) process.exit(7);
      tell({ event: "reading", inferenceMs: 10 * threads + ++asked });
    }
    process.exit(0)`;
  await playing({ "pulse-process.js": script }, async () => {
    const read = async (threads: number) =>
      (await pulse.read({ ...ONE_THREAD, threads }, undefined, "inference"))?.inferenceMs;
    assert.deepEqual([await read(1), await read(2), await read(1)], [11, 21, 12]);
    assert.deepEqual([await read(3), await read(3)], [undefined, undefined]);
    assert.deepEqual([await read(2), await read(2)], [undefined, undefined], "it has ended");
    assert.deepEqual(failures, ["no such device", "exit code 7"]);
    await pulse.close();
  });
});
