/** Why a system call failed, in the words of its error code: "ENOENT" becomes "no such file or directory". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const match = /^E[A-Z]+: ([^,]+),/.exec(error.message);
  return match?.[1] ?? error.message;
}
