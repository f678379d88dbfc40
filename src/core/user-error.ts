/**
 * A mistake in what the user gave: an argument, a design, a model, a dataset.
 *
 * The message is one lowercase line, subject first, with the offending value and what is allowed.
 * The command line prints it and exits with 2, without a stack trace.
 *
 * @example
 * throw new UserError(`deadline ${text}: not a duration, allowed are numbers with us, ms, s, min or h`);
 */
export class UserError extends Error {
  override readonly name = "UserError";
}
