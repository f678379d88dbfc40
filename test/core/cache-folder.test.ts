import assert from "node:assert/strict";
import { test } from "node:test";
import { cacheFolder } from "../../src/core/cache-folder.js";
import { isInstalled } from "../../src/core/package-root.js";

test("caches lie where the user's system keeps them", () => {
  assert.equal(cacheFolder("linux", {}, "/home/u"), "/home/u/.cache/batchwise");
  assert.equal(cacheFolder("linux", { XDG_CACHE_HOME: "/caches" }, "/home/u"), "/caches/batchwise");
  assert.equal(cacheFolder("linux", { XDG_CACHE_HOME: "caches" }, "/home/u"), "/home/u/.cache/batchwise", "relative");
  assert.equal(cacheFolder("linux", { XDG_CACHE_HOME: "" }, "/home/u"), "/home/u/.cache/batchwise", "empty");
  assert.equal(cacheFolder("darwin", {}, "/Users/u"), "/Users/u/Library/Caches/batchwise");
  assert.equal(cacheFolder("win32", { LOCALAPPDATA: "/local" }, "/u"), "/local/batchwise");
  assert.equal(cacheFolder("win32", {}, "/u"), "/u/AppData/Local/batchwise");
});

test("a package is installed where it lies in a node_modules, a checkout is not", () => {
  assert.equal(isInstalled("/home/u/project/node_modules/batchwise"), true);
  assert.equal(isInstalled("/home/u/batchwise"), false);
  assert.equal(isInstalled("/home/u/my_node_modules/batchwise"), false);
});
