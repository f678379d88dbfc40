import { realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative } from "node:path";
import type { onnx } from "onnx-proto";
import { reasonOf } from "../../core/reason-of.js";
import { UserError } from "../../core/user-error.js";
import { bytesOf, elementNamed } from "../tensor-element.js";
import { dimsOf, productOf, tensorsOf } from "./graph-tensors.js";
import type { SlimModel } from "./read-slim-model.js";

/** TensorProto.DataLocation.EXTERNAL. */
const EXTERNAL = 1;

/** Where a tensor's values lie that are not in its message; undefined where they are. */
export function placeOfValues(tensor: onnx.ITensorProto) {
  if (tensor.dataLocation !== EXTERNAL) return undefined;
  const entries = new Map((tensor.externalData ?? []).map(({ key, value }) => [key, value ?? ""]));
  const length = entries.get("length");
  return {
    location: entries.get("location") ?? "",
    offset: Number(entries.get("offset") ?? 0),
    ...(length !== undefined && { length: Number(length) }),
  };
}

/**
 * The files beside a model that hold its weights, as PyTorch and others write them, in alphabetical order.
 *
 * @param path of the model
 * @throws UserError if one is missing, too short for what it should hold, or not in the model's folder
 */
export function weightFilesOf(path: string, { model }: SlimModel): string[] {
  const refuse = (reason: string) => new UserError(`model: ${reason}`);
  const real = realpathSync(path);
  const folder = dirname(real);
  const sizes = new Map<string, number>([[basename(real), Number.POSITIVE_INFINITY]]);
  for (const tensor of tensorsOf(model.graph ?? {})) {
    const place = placeOfValues(tensor);
    if (place === undefined) continue;
    const { location, offset, length } = place;
    const size = sizes.get(location) ?? sizeOf(folder, location, refuse);
    sizes.set(location, size);
    const needed = bytesOf(elementNamed(tensor.dataType), productOf(dimsOf(tensor)));
    if (length !== undefined && length !== needed && needed > 0) {
      throw refuse(`weight ${tensor.name} has ${length} bytes, its shape needs ${needed}`);
    }
    if (offset + (length ?? needed) > size) {
      throw refuse(`${location} has ${size} bytes, weight ${tensor.name} ends at ${offset + (length ?? needed)}`);
    }
  }
  sizes.delete(basename(real));
  return [...sizes.keys()].sort().map((location) => join(folder, location));
}

function sizeOf(folder: string, location: string, refuse: (reason: string) => UserError): number {
  const outside = refuse(`weights in ${location}, allowed are files in the model's folder`);
  if (isAbsolute(location) || isOutside(folder, join(folder, location))) throw outside;
  const file = join(folder, location);
  let real: string;
  try {
    real = realpathSync(file);
  } catch (error) {
    throw refuse(`weights in ${location}: ${reasonOf(error)}`);
  }
  if (isOutside(folder, real)) throw outside;
  return statSync(real).size;
}

function isOutside(folder: string, file: string): boolean {
  const way = relative(folder, file);
  return way === "" || way.split("/")[0] === ".." || isAbsolute(way);
}
