/**
 * A search came to no end: it is not known whether there is a plan. No mistake of the user's; the command line prints
 * the message and exits with 1.
 */
export class UndecidedError extends Error {
  override readonly name = "UndecidedError";
}
