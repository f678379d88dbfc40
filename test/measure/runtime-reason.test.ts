import assert from "node:assert/strict";
import { test } from "node:test";
import { runtimeReason } from "../../src/measure/runtime-reason.js";

/** What ONNX Runtime 1.30 said, and what of it is about the model. */
const REASONS: [words: string, reason: string][] = [
  [
    "Non-zero status code returned while running Reshape node. Name:'' Status Message: /onnxruntime_src/onnxruntime/core/providers/cpu/tensor/reshape_helper.h:91 onnxruntime::ReshapeHelper::ReshapeHelper(const onnxruntime::TensorShape&, onnxruntime::TensorShapeVector&, bool) input_shape_size == requested_shape_size was false. Input shape:{1,3,8,8}\n",
    "Non-zero status code returned while running Reshape node. Name:'' Status Message: input_shape_size == requested_shape_size was false. Input shape:{1,3,8,8}",
  ],
  [
    "Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:360 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size 12\n",
    "Status Message: Failed to allocate memory for requested buffer of size 12",
  ],
  [
    "initializer: w. Error: tensorprotoutils.cc:434 ValidateExternalDataPathFromDir Absolute path not allowed for external data location",
    "initializer: w. Error: Absolute path not allowed for external data location",
  ],
  [
    "\u001b[1;31m2026-11-27 07:26:32.318609410 [E:onnxruntime:, sequential_executor.cc:671 ExecuteKernel] indices element out of data bounds, idx=70\u001b[m",
    "indices element out of data bounds, idx=70",
  ],
  [
    "/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n",
    "adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters",
  ],
  [
    "\u001b[1;31m2026-11-27 07:31:01.862969273 [E:onnxruntime:onnxruntime-node, webgpu_context.cc:171 operator()] WebGPU device error(3): Allocation size too large",
    "WebGPU: Allocation size too large",
  ],
  ["raw_hash_map<>::at", "raw_hash_map<>::at"],
  ["Input channels C: 3 kernel channels: 4 group: 1", "Input channels C: 3 kernel channels: 4 group: 1"],
];

test("a reason of the runtime is one line without escape codes or places in its source", () => {
  for (const [words, reason] of REASONS) assert.equal(runtimeReason(new Error(words)), reason);
  assert.equal(runtimeReason("a text\nof two lines"), "a text of two lines");
});
