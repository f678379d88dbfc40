import assert from "node:assert/strict";
import { test } from "node:test";
import { UserError } from "../../src/core/user-error.js";
import { classifyFailure, MemoryLimitError } from "../../src/measure/trial-failure.js";

const CLASSES: [error: unknown, status: string][] = [
  [new MemoryLimitError(512.4, 256), "out_of_memory"],
  [new Error("std::bad_alloc"), "out_of_memory"],
  [new Error("Failed to allocate memory for requested buffer of size 4"), "out_of_memory"],
  [new Error("CUDA failure 2: out of memory"), "out_of_memory"],
  [new RangeError("Array buffer allocation failed"), "out_of_memory"],
  [new RangeError("Invalid typed array length: 99999999999"), "out_of_memory"],
  [new RangeError("Invalid array length"), "out_of_memory"],
  [new Error("CUDA_ERROR_OUT_OF_MEMORY"), "out_of_memory"],
  [new Error("Binding size (151) is larger than the maximum storage buffer binding size (134)."), "out_of_memory"],
  [new UserError("image x.jpg: out of memory"), "unsupported"],
  [new UserError("image x.jpg: no such file"), "unsupported"],
  [new Error("Could not find an implementation: NOT_IMPLEMENTED"), "unsupported"],
  [new Error("no available backend found"), "unsupported"],
  [new Error("Load model failed"), "crashed"],
  ["a text", "crashed"],
];

test("an error that ends a trial is out of memory, unsupported, or a crash, with its own words", () => {
  for (const [error, status] of CLASSES) {
    const detail = error instanceof Error ? error.message : error;
    assert.deepEqual(classifyFailure(error), { status, detail });
  }
});

test("an error of several lines is told on one", () => {
  const words = "Non-zero status code returned while running Conv node.\n  Status Message: raw_hash_map<>::at\n";
  assert.deepEqual(classifyFailure(new Error(words)), {
    status: "crashed",
    detail: "Non-zero status code returned while running Conv node. Status Message: raw_hash_map<>::at",
  });
});

test("a memory limit is told in whole mebibytes", () => {
  assert.equal(new MemoryLimitError(512.6, 255.6).message, "peak memory 513 MiB exceeds the limit of 256 MiB");
});
