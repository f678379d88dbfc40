import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { EventEmitter, on } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import { monotonicMs } from "../../src/core/clock.js";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { type DeviceEvent, type DeviceSpec, GO } from "../../src/execute/execute-protocol.js";
import { startProcess } from "../../src/processes/start-process.js";
import { writeTinyModel } from "../pipeline/commands/tiny-model.js";
import { tinySpec } from "./tiny-device.js";

const ENTRY = pathToFileURL(join(PACKAGE_ROOT, "dist", "src", "execute", "execute-process.js"));
const folder = mkdtempSync(join(tmpdir(), "batchwise-execute-process-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/**
 * The process of a device, which ends with its test at the latest, and the events that it tells one after the other.
 */
function startDevice(
  context: TestContext,
  spec: DeviceSpec,
): { child: ChildProcess; next: () => Promise<DeviceEvent | undefined> } {
  const told = new EventEmitter();
  const events = on(told, "event");
  const { child, ended } = startProcess<DeviceEvent>(ENTRY, spec, {
    label: "device",
    withInput: true,
    onEvent: (event) => told.emit("event", event),
  });
  context.after(() => child.kill("SIGKILL"));
  ended.then(() => events.return?.());
  return { child, next: async () => (await events.next()).value?.[0] };
}

/** A model file that has just been written. */
function written(name: string): string {
  const path = join(folder, name);
  writeTinyModel(path, "float32", ["n", 3, "h", "w"], [2, 3]);
  return path;
}

test("a cold device is ready without its model, and its finish comes after the model was there to load", async (context) => {
  const modelPath = join(folder, "later.onnx");
  const { child, next } = startDevice(context, await tinySpec(folder, { modelPath, start: "cold" }));
  assert.deepEqual(await next(), { event: "ready" });
  child.kill("SIGSTOP");
  child.stdin?.write(`${GO}\n`);
  written("later.onnx");
  const loadableMs = monotonicMs();
  child.kill("SIGCONT");
  const done = await next();
  assert.ok(done?.event === "done" && done.finishedAtMs > loadableMs, JSON.stringify(done));
});

for (const start of ["loaded", "warm"] as const) {
  test(`a ${start} device has loaded its model when it is ready`, async (context) => {
    const modelPath = written(`${start}.onnx`);
    const { child, next } = startDevice(context, await tinySpec(folder, { modelPath, start }));
    assert.deepEqual(await next(), { event: "ready" });
    rmSync(modelPath);
    child.stdin?.end(`${GO}\n`);
    assert.equal((await next())?.event, "done");
  });
}

test("the first inference of a warm device is run before it is ready, that of a loaded one after the start", async (context) => {
  const modelPath = join(folder, "fixed.onnx");
  writeTinyModel(modelPath, "float32", [3, 3, 32, 32], [2, 3]);
  const fails = { modelPath, miniBatchSize: 2 };
  const warm = startDevice(context, await tinySpec(folder, { ...fails, start: "warm" }));
  const failed = await warm.next();
  assert.ok(failed?.event === "failed" && /dimensions/.test(failed.detail), JSON.stringify(failed));
  const loaded = startDevice(context, await tinySpec(folder, { ...fails, start: "loaded" }));
  assert.deepEqual(await loaded.next(), { event: "ready" });
  loaded.child.stdin?.end(`${GO}\n`);
  assert.equal((await loaded.next())?.event, "failed");
});

for (const [what, own, imagesDone] of [
  ["all mini-batches of one size", {}, 12],
  ["a shorter last one", { lastMiniBatchSize: 1 }, 9],
  ["a last one that is filled up", { images: 10 }, 10],
  ["a shorter last one alone", { miniBatches: 1, lastMiniBatchSize: 3 }, 3],
] as const) {
  test(`images are counted from the outputs: ${what}`, async (context) => {
    const modelPath = written("counted.onnx");
    const asked = { modelPath, miniBatchSize: 4, miniBatches: 3, images: 1000, ...own };
    const { child, next } = startDevice(context, await tinySpec(folder, asked));
    await next();
    child.stdin?.end(`${GO}\n`);
    const done = await next();
    assert.equal(done?.event === "done" && done.imagesDone, imagesDone, JSON.stringify(done));
  });
}

test("a device that is not given the start says so and fails", async (context) => {
  const { child, next } = startDevice(context, await tinySpec(folder, { modelPath: written("given-up.onnx") }));
  await next();
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.stdin?.end();
  assert.deepEqual(await next(), { event: "failed", detail: "the execution was given up before its start" });
  assert.equal(await ended, 1);
});

test("an image that can't be decoded is the reason why a device fails", async (context) => {
  const image = join(folder, "broken.jpg");
  writeFileSync(image, "no image");
  const spec = await tinySpec(folder, { modelPath: written("broken.onnx"), imagePaths: [image] });
  const failed = await startDevice(context, spec).next();
  assert.ok(failed?.event === "failed" && failed.detail.startsWith(`image ${image}: `), JSON.stringify(failed));
});
