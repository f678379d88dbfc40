/** What failed and why: of a system call on a file the file's path, too. */
export function failureOf(error: unknown): string {
  const { path } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  return path === undefined ? reasonOf(error) : `${path}: ${reasonOf(error)}`;
}

/** Why a system call failed, in the words of its error code: "ENOENT" becomes "no such file or directory". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const match = /^E[A-Z]+: ([^,]+),/.exec(error.message);
  return match?.[1] ?? error.message;
}
