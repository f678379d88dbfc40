import { UserError } from "../../core/user-error.js";
import type * as published from "../../fleet/published-work.js";

/** Takes the place of the file of that name in src/fleet where a page plans: its devices have functions. */
export const publishedWork: typeof published.publishedWork = (name) => {
  throw new UserError(`device ${name}: a page has no published measurements, allowed are functions`);
};
