import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { counted } from "../core/counted.js";
import { reasonOf } from "../core/reason-of.js";
import { UserError } from "../core/user-error.js";
import { faultOfImage } from "./decode-image.js";

const IMAGE_FILE = /\.(jpe?g|png|webp|avif|gif|tiff?)$/i;
/** How many images are looked at at once, and how many bad ones are named. */
const AT_ONCE = 4;
const MOST_NAMED = 5;

/**
 * The image files of a folder in alphabetical order. Hidden files, such as macOS leaves beside others, and folders are
 * none.
 *
 * @throws UserError if the folder can't be read or holds no image
 */
export function listImages(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw new UserError(`images folder ${folder}: ${reasonOf(error)}`);
  }
  const images = names
    .filter((name) => IMAGE_FILE.test(name) && !name.startsWith("."))
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => !statSync(path, { throwIfNoEntry: false })?.isDirectory());
  if (images.length === 0) throw new UserError(`images folder ${folder}: holds no image, allowed are JPEG, PNG, WebP`);
  return images;
}

/**
 * Looks at all images of a folder before anything is measured with them.
 *
 * @throws UserError naming those that can't be decoded, with the reasons, or as `listImages`
 */
export async function requireImages(folder: string): Promise<void> {
  const paths = listImages(folder);
  const faults: string[] = [];
  for (let start = 0; start < paths.length; start += AT_ONCE) {
    const some = paths.slice(start, start + AT_ONCE);
    const found = await Promise.all(some.map(faultOfImage));
    for (const [index, fault] of found.entries()) {
      if (fault !== undefined) faults.push(`${basename(some[index] ?? "")} (${fault})`);
    }
  }
  if (faults.length === 0) return;
  const named = faults.slice(0, MOST_NAMED).join(", ");
  const further = faults.length > MOST_NAMED ? `, and ${faults.length - MOST_NAMED} more` : "";
  throw new UserError(
    `images folder ${folder}: ${faults.length} of ${counted(paths.length, "image")} can't be used: ${named}${further}`,
  );
}
