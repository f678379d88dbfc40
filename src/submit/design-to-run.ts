import { z } from "zod";
import { readJsonFile } from "../core/json-file.js";
import { UserError } from "../core/user-error.js";
import { type Design, readDesign } from "../design/design.js";

/** A design for other machines than this one. */
export interface DesignToRun {
  readonly design: Design;
  /** The text of a file that says the same in any folder: its paths are from the root. */
  readonly text: string;
}

const fileSchema = z.looseObject({
  devices: z.array(z.looseObject({ threads: z.unknown().optional() })).optional(),
});

/**
 * A design from its JSON file, for other machines.
 *
 * @throws UserError if it does not say the threads of a device: each machine would take as many as it has cores
 */
export function readDesignToRun(path: string): DesignToRun {
  const design = readDesign(path);
  const file = readJsonFile(path, "design", fileSchema);
  if (file.devices === undefined || file.devices.some(({ threads }) => threads === undefined)) {
    throw new UserError(
      `design ${path}: threads is not given, each machine would take its own number of cores, required is one for each device`,
    );
  }
  const { model, images } = design;
  const { $schema: _, ...said } = file;
  return {
    design,
    text: `${JSON.stringify({ ...said, model, ...(images !== undefined && { images }) }, null, 2)}\n`,
  };
}
