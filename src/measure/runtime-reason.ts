import { plainLine } from "../core/plain-line.js";

/** What a line of the runtime's log begins with: time, severity, place in its source. */
const LOG_PREFIX = /\d{4}-\d\d-\d\d [\d:.]+ \[[A-Z]:onnxruntime:[^\]]*\] /g;
/** What Dawn, WebGPU's library, is told by its callback: the kind of error is a number. */
const DEVICE_ERROR = /^WebGPU device error\(\d+\): /;
/** A place in the runtime's source, with the name or the whole declaration of the function that is there. */
const SOURCE_PLACE =
  /\S*\b[\w.-]+\.(?:cc|cpp|cu|cuh|h|hpp|mm):\d+ (?:[\w:<>*&~, ]*::[\w:<>~=]*\([^()]*\)(?:::<lambda\([^()]*\)>)*(?: const)? |\w*[a-z][A-Z]\w* )?/g;

/**
 * Why ONNX Runtime could not do something, on one line, without the places in its own source that its words name.
 *
 * @example
 * runtimeReason(new Error("Status Message: /src/arena.cc:360 void* ort::Arena::Get(size_t) Failed to allocate\n"));
 * // "Status Message: Failed to allocate"
 */
export function runtimeReason(error: unknown): string {
  const words = plainLine(error instanceof Error ? error.message : String(error));
  return words.replaceAll(LOG_PREFIX, "").replace(DEVICE_ERROR, "WebGPU: ").replaceAll(SOURCE_PLACE, "");
}
