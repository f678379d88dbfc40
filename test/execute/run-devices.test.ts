import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { monotonicMs } from "../../src/core/clock.js";
import { type DeviceOutcome, runDevices } from "../../src/execute/run-devices.js";
import { canPin } from "../../src/processes/pinning.js";
import { writeTinyModel } from "../pipeline/commands/tiny-model.js";
import { tinySpec } from "./tiny-device.js";

const folder = mkdtempSync(join(tmpdir(), "batchwise-run-devices-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const modelPath = join(folder, "tiny.onnx");
writeTinyModel(modelPath, "float32", ["n", 3, "h", "w"], [2, 3]);
const missing = join(folder, "missing.onnx");
const ANYWHERE = [undefined, undefined];
const TIMEOUT_MS = 120_000;
const onLinux = { skip: process.platform !== "linux", timeout: TIMEOUT_MS };

/** The ids of the processes that run a device with this file's models. */
function processes(): number[] {
  return readdirSync("/proc")
    .filter((pid) => {
      try {
        const command = readFileSync(join("/proc", pid, "cmdline"), "utf8");
        return command.includes("execute-process.js") && command.includes(folder);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Until so many devices run; the test's time limit ends it otherwise. */
async function running(devices: number, signal: AbortSignal): Promise<number[]> {
  for (;;) {
    signal.throwIfAborted();
    const found = processes();
    if (found.length === devices) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function detailOf(outcome: DeviceOutcome | undefined): string {
  return outcome?.status === "failed" ? outcome.detail : JSON.stringify(outcome);
}

test("devices finish within the time that they took all together, each with its own images", async () => {
  const beganMs = monotonicMs();
  const outcomes = await runDevices(
    [await tinySpec(folder, { modelPath, images: 4 }), await tinySpec(folder, { modelPath, images: 3 })],
    ANYWHERE,
  );
  const tookMs = monotonicMs() - beganMs;
  assert.deepEqual(
    outcomes.map((outcome) => outcome.status === "done" && outcome.imagesDone),
    [4, 3],
  );
  for (const outcome of outcomes) {
    assert.ok(outcome.status === "done" && outcome.finishMs > 0 && outcome.finishMs < tookMs, JSON.stringify(outcome));
  }
});

test("a device that can't load its model keeps the others from starting, and each says why", async () => {
  const outcomes = await runDevices(
    [await tinySpec(folder, { modelPath }), await tinySpec(folder, { modelPath: missing })],
    ANYWHERE,
  );
  assert.equal(outcomes.length, 2);
  for (const outcome of outcomes) assert.match(detailOf(outcome), /missing\.onnx/);
});

test("a device that fails after the start fails alone", async () => {
  const [done, failed] = await runDevices(
    [await tinySpec(folder, { modelPath }), await tinySpec(folder, { modelPath: missing, start: "cold" })],
    ANYWHERE,
  );
  assert.equal(done?.status, "done");
  assert.match(detailOf(failed), /missing\.onnx/);
});

test("a device that can't have its cores says so in the words of what refused them", {
  skip: !canPin() && "needs taskset",
}, async () => {
  const [failed] = await runDevices([await tinySpec(folder, { modelPath })], [[4095]]);
  assert.match(detailOf(failed), /^ended with exit code 1: taskset: .*Invalid argument/);
});

test("a device that is killed is said by its signal", onLinux, async ({ signal }) => {
  const outcomes = runDevices([await tinySpec(folder, { modelPath, miniBatches: 1_000_000_000 })], [undefined]);
  const [pid = 0] = await running(1, signal);
  process.kill(pid, "SIGKILL");
  assert.deepEqual(await outcomes, [{ status: "failed", detail: "ended with signal SIGKILL" }]);
});

test("an abort kills every device, and nothing starts after one", onLinux, async ({ signal }) => {
  const controller = new AbortController();
  const spec = await tinySpec(folder, { modelPath, miniBatches: 1_000_000_000 });
  const aborted = assert.rejects(runDevices([spec, spec], ANYWHERE, controller.signal), { name: "AbortError" });
  await running(2, signal);
  controller.abort();
  await aborted;
  assert.deepEqual(processes(), []);
  await assert.rejects(runDevices([spec], ANYWHERE, controller.signal), { name: "AbortError" });
  assert.deepEqual(processes(), []);
});
