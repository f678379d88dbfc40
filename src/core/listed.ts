const LIST = new Intl.ListFormat("en-GB", { type: "conjunction" });

/**
 * Things as a sentence lists them.
 *
 * @example listed([4, 5, 6]) // "4, 5 and 6"
 */
export function listed(things: Iterable<string | number>): string {
  return LIST.format(Array.from(things, String));
}
