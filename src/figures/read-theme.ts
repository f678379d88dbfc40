import { readJsonFile } from "../core/json-file.js";
import { type Theme, themeFileSchema } from "./theme.js";

/**
 * A theme from a user's JSON file, e.g. `{ "font": "serif", "text_pt": 9 }`.
 *
 * @throws UserError naming the first value that does not fit
 */
export function readTheme(path: string): Theme {
  const { $schema: _, ...theme } = readJsonFile(path, "theme", themeFileSchema);
  return theme;
}
