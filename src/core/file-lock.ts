import { errno, load, os } from "koffi";

/** LOCK_EX | LOCK_NB of flock(2). */
const EXCLUSIVE_AT_ONCE = 2 | 4;

/**
 * Takes the kernel's exclusive lock of an open file: flock(2). It ends with the file's last descriptor, so with the
 * process at the latest, however that ends, and it holds against processes of other containers.
 *
 * @param file descriptor
 * @returns false if another one holds it; undefined where the kernel or the file system has no such locks
 */
export function lockFile(file: number): boolean | undefined {
  if (process.platform === "win32") return undefined;
  const flock = load(null).func("flock", "int", ["int", "int"]);
  if (flock(file, EXCLUSIVE_AT_ONCE) === 0) return true;
  return errno() === os.errno.EWOULDBLOCK || errno() === os.errno.EAGAIN ? false : undefined;
}
