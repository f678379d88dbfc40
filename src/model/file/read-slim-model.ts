import { realpathSync } from "node:fs";
import { basename } from "node:path";
import type { onnx } from "onnx-proto";
import { reasonOf } from "../../core/reason-of.js";
import { UserError } from "../../core/user-error.js";
import { type FileBytes, openFileBytes } from "./file-bytes.js";
import { onnxFormat } from "./onnx-format.js";
import { encodedField, type Field, fieldsIn, LENGTH_DELIMITED } from "./protobuf-fields.js";

/** Smaller tensors are kept: the shapes, axes and scales from which other shapes follow. */
const KEPT_BYTES = 4096;

/** Which fields of a message lead to tensors, by their numbers in onnx.proto. */
interface Way {
  readonly [field: number]: Way | "tensor";
}
const ATTRIBUTE: Way = { 5: "tensor" };
const NODE: Way = { 5: ATTRIBUTE };
const GRAPH: Way = { 1: NODE, 5: "tensor" };
const MODEL: Way = { 7: GRAPH };
/** ModelProto's functions. */
const FUNCTIONS = 25;
/** TensorProto's raw_data, float_data and double_data: what their bytes are in the file, they are in memory. */
const AS_IN_MEMORY = new Set([9, 4, 10]);

/** A model without its larger weights. */
export interface SlimModel {
  /** Its functions are left out. */
  readonly model: onnx.IModelProto;
  /** The functions that nodes may call, as they are in the file; empty where there are none. */
  readonly functions: Uint8Array;
}

/**
 * A model file without its larger weights: each of them says, as one beside the model does, where in the file its
 * values lie. It is a model that the runtime can load from the file's folder. What is read does not grow with the
 * weights.
 *
 * @throws UserError if the file can't be read or is not an ONNX model
 */
export function readSlimModel(path: string): SlimModel {
  let bytes: FileBytes;
  try {
    bytes = openFileBytes(path);
  } catch (error) {
    throw new UserError(`model ${path}: ${reasonOf(error)}`);
  }
  try {
    const model = onnxFormat().ModelProto.decode(
      Buffer.concat(withoutWeights(bytes, basename(realpathSync(path)), 0, bytes.length, MODEL)),
    );
    model.functions = [];
    const functions = [...fieldsIn(bytes, 0, bytes.length)].filter(({ number }) => number === FUNCTIONS);
    if ((model.graph?.node?.length ?? 0) > 0) {
      return { model, functions: Buffer.concat(functions.map(({ start, end }) => copied(bytes, start, end))) };
    }
  } catch {
    // Said below, in the same words as for a file that decodes to nothing.
  } finally {
    bytes.close();
  }
  throw new UserError(`model ${path}: not an ONNX model`);
}

/** The bytes of a slim model, as a file would hold them. */
export function encodedModel({ model, functions }: SlimModel): Uint8Array {
  return Buffer.concat([onnxFormat().ModelProto.encode(model).finish(), functions]);
}

function copied(bytes: FileBytes, start: number, end: number): Uint8Array {
  return Uint8Array.from(bytes.at(start, end - start));
}

function withoutWeights(bytes: FileBytes, file: string, from: number, to: number, way: Way): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (const { number, wireType, start, valueStart, end } of fieldsIn(bytes, from, to)) {
    const next = wireType === LENGTH_DELIMITED && end - valueStart > KEPT_BYTES ? way[number] : undefined;
    if (next === undefined) parts.push(copied(bytes, start, end));
    else if (next === "tensor") parts.push(encodedField(number, slimTensor(bytes, file, valueStart, end)));
    else parts.push(encodedField(number, Buffer.concat(withoutWeights(bytes, file, valueStart, end, next))));
  }
  return parts;
}

/** A tensor with the place of its values instead of them, where these are one field in the file. */
function slimTensor(bytes: FileBytes, file: string, from: number, to: number): Uint8Array {
  const fields = [...fieldsIn(bytes, from, to)];
  const values = fields.filter(({ number }) => AS_IN_MEMORY.has(number));
  const [only] = values;
  const isElsewhere = only !== undefined && values.length === 1 && only.wireType === LENGTH_DELIMITED;
  const kept = fields.filter((field) => !isElsewhere || field !== only);
  const parts = kept.map(({ start, end }) => copied(bytes, start, end));
  return Buffer.concat(isElsewhere ? [...parts, placeOf(only, file)] : parts);
}

/** The fields that say where the values of a tensor lie. */
function placeOf({ valueStart, end }: Field, file: string): Uint8Array {
  const { TensorProto } = onnxFormat();
  return TensorProto.encode({
    dataLocation: TensorProto.DataLocation.EXTERNAL,
    externalData: [
      { key: "location", value: file },
      { key: "offset", value: String(valueStart) },
      { key: "length", value: String(end - valueStart) },
    ],
  }).finish();
}
