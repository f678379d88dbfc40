import assert from "node:assert/strict";
import { test } from "node:test";
import { measuringEnvironment } from "../../src/measure/measuring-environment.js";

test("variables that change a measurement are recorded in the order of their names, paths only as set", () => {
  const env = {
    UV_THREADPOOL_SIZE: "8",
    OMP_NUM_THREADS: "2",
    NODE_OPTIONS: "--require=/home/somebody/x.cjs",
    LD_PRELOAD: "/usr/lib/libjemalloc.so",
    MALLOC_ARENA_MAX: undefined,
    HOME: "/home/somebody",
    ORTOGRAPHY: "no",
    TOKEN_CUDA: "no",
    UV_PUBLISH_TOKEN: "no: this is of a tool for Python",
    NVIDIA_REQUIRE_CUDA: "no: this is of a container's image",
    CUDA_VERSION: "no",
    CUDA_VISIBLE_DEVICES: "1",
    NVIDIA_TF32_OVERRIDE: "0",
  };
  assert.deepEqual(Object.entries(measuringEnvironment(env)), [
    ["CUDA_VISIBLE_DEVICES", "1"],
    ["LD_PRELOAD", "set"],
    ["NODE_OPTIONS", "set"],
    ["NVIDIA_TF32_OVERRIDE", "0"],
    ["OMP_NUM_THREADS", "2"],
    ["UV_THREADPOOL_SIZE", "8"],
  ]);
});
