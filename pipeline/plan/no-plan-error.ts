/** That there is no plan where a command needs one. The command line prints it and exits with 3. */
export class NoPlanError extends Error {
  override readonly name = "NoPlanError";
}
