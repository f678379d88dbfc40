import { UserError } from "../../core/user-error.js";
import type * as measured from "../../fleet/measured-work.js";

/** Takes the place of the file of that name in src/fleet where a page plans: its devices have functions. */
export const measuredDataset: typeof measured.measuredDataset = (folder) => {
  throw new UserError(`dataset ${folder}: a page reads none, allowed are functions`);
};

/** See `measuredDataset`. */
export const measuredWork: typeof measured.measuredWork = (_, name) => {
  throw new UserError(`device ${name}: a page reads no dataset, allowed are functions`);
};
