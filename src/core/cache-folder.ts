import { homedir } from "node:os";
import { join } from "node:path";

/** What tells where a user's caches are. */
export interface CacheEnvironment {
  readonly XDG_CACHE_HOME?: string | undefined;
  readonly LOCALAPPDATA?: string | undefined;
}

/**
 * Where this project keeps what it can make again, for the user who runs it.
 *
 * Source: XDG Base Directory Specification on Linux; what macOS and Windows say elsewhere.
 */
export function cacheFolder(
  platform: NodeJS.Platform = process.platform,
  { XDG_CACHE_HOME, LOCALAPPDATA }: CacheEnvironment = process.env,
  home = homedir(),
): string {
  const configured = XDG_CACHE_HOME?.startsWith("/") ? XDG_CACHE_HOME : undefined; // a relative one is to be ignored
  const usual =
    platform === "darwin"
      ? join(home, "Library", "Caches")
      : platform === "win32"
        ? (LOCALAPPDATA ?? join(home, "AppData", "Local"))
        : join(home, ".cache");
  return join(configured ?? usual, "batchwise");
}
