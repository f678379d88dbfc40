import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { seededRandom } from "../../src/core/seeded-random.js";
import { readModel } from "../../src/model/file/read-model.js";
import { writeSmallModel } from "../measure/small-model.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-spoilt-"));
after(() => rmSync(folder, { recursive: true }));

const MUTATIONS = 2000;

test("a model file with wrong bytes, or cut off, is read or refused in one plain line, whatever is wrong", () => {
  const whole = join(folder, "whole.onnx");
  writeSmallModel(whole, {
    shape: ["N", 3, "H", "W"],
    nodes: [
      { opType: "Conv", input: ["images", "w"], output: "c" },
      { opType: "Conv", input: ["c", "v"], output: "y" },
    ],
    weights: { w: [64, 3, 5, 5], v: [2, 64, 1, 1] },
    weightFiles: { v: "v.data" },
  });
  const bytes = readFileSync(whole);
  // Weights are most of the file; what is told by the rest is at its two ends.
  const ends = [...Array(300).keys()].flatMap((place) => [place, bytes.length - 1 - place]);
  const random = seededRandom(1, "spoilt models");
  const path = join(folder, "spoilt.onnx");
  let refused = 0;
  for (let mutation = 0; mutation < MUTATIONS; mutation++) {
    const spoilt = Buffer.from(bytes);
    for (let change = 0; change <= mutation % 3; change++) {
      const place = ends[Math.floor(random.uniform() * ends.length)] ?? 0;
      spoilt[place] = Math.floor(random.uniform() * 256);
    }
    const length = mutation % 10 === 0 ? Math.floor(random.uniform() * bytes.length) : bytes.length;
    writeFileSync(path, spoilt.subarray(0, length));
    try {
      readModel(path);
    } catch (error) {
      assert.ok(error instanceof Error);
      assert.equal(error.name, "UserError", `mutation ${mutation}: ${error.stack}`);
      assert.match(error.message, /^model [^\p{Cc}]+$/u);
      refused++;
    }
  }
  assert.ok(refused > MUTATIONS / 10, `${refused} refused`);
});
