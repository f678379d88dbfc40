import { accessSync, constants, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "../core/cache-folder.js";
import { writeFileDurably } from "../core/json-file.js";
import { makeFolder } from "../core/make-folder.js";
import { isInstalled, PACKAGE_ROOT, readPackageVersions } from "../core/package-root.js";
import { UserError } from "../core/user-error.js";
import { EFFICIENTNET_SCALING, isEfficientNetName } from "../model/efficientnet-layers.js";
import { buildEfficientNet } from "../model/efficientnet-onnx.js";

/** The seed of the built-in models' weights: part of what the model is, and not of a design. */
const WEIGHTS_SEED = 1;

/**
 * The file of a model: the path itself where one is given, else the built-in model of that name, built once.
 *
 * @throws UserError if it is neither the name of a built-in model nor a file
 */
export function ensureModelFile(model: string): string {
  if (!isEfficientNetName(model)) {
    if (existsSync(model)) return model;
    const names = Object.keys(EFFICIENTNET_SCALING).join(", ");
    throw new UserError(`model ${model}: no such file, allowed are the path of an ONNX file, ${names}`);
  }
  const path = join(modelsFolder(), `${model}.onnx`);
  if (!existsSync(path)) writeModelFile(path, buildEfficientNet(model, WEIGHTS_SEED));
  return path;
}

/**
 * In a checkout beside the datasets; where that belongs to another user, and of a package, which writes nothing into
 * itself, in the user's own cache folder. Another version may build other files.
 */
export function modelsFolder(root = PACKAGE_ROOT): string {
  if (!isInstalled(root) && isWritable(join(root, "data"))) return join(root, "data", "models");
  return join(cacheFolder(), readPackageVersions().batchwise, "models");
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Writes a built-in model to a file. */
export function buildModelFile(name: string, path: string): void {
  if (!isEfficientNetName(name)) {
    throw new UserError(`model ${name}: not built in, allowed are ${Object.keys(EFFICIENTNET_SCALING).join(", ")}`);
  }
  writeModelFile(path, buildEfficientNet(name, WEIGHTS_SEED));
}

/** Another process sees the whole file or none. */
function writeModelFile(path: string, contents: Uint8Array): void {
  makeFolder(dirname(path));
  writeFileDurably(path, contents);
}
