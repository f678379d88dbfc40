import assert from "node:assert/strict";
import { test } from "node:test";
import { promisesIn } from "../../bench/truth/promises.js";

test("all devices of a plan keep their times about as often as its confidence says, be they one or sixteen", async () => {
  const { kept, images, devices } = await promisesIn("linear", { datasets: 1, deviation: 0.1 });
  assert.equal(kept.length, 9);
  for (const { devices: count, confidence, share } of kept) {
    // Of one dataset the error of the function is the same in all ten executions: widely.
    assert.ok(share > confidence - 0.3, `${count} devices at ${confidence}: ${share}`);
  }
  const [one, sixteen] = [1, 16].map(
    (count) => kept.find((row) => row.devices === count && row.confidence === 0.9)?.share,
  );
  // With bounds of one device sixteen would keep them in 0.9 ** 16 = 19 %.
  assert.ok((one ?? 0) > 0.6 && (sixteen ?? 0) > 0.6, `${one}, ${sixteen}`);
  assert.ok(images <= 1 && devices <= 1);
});
