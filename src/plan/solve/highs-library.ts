import highsPackage, { type Highs } from "highs";

/** The package's declarations describe its CommonJS form; Node.js loads the other one, whose default is the loader. */
const load = highsPackage as unknown as () => Promise<Highs>;

let loading: Promise<Highs> | undefined;

/** HiGHS in WebAssembly, loaded once. */
export function highsLibrary(): Promise<Highs> {
  loading ??= loadAwake();
  return loading;
}

/**
 * A timer keeps the event loop alive meanwhile. Without one Node.js waits for V8's background threads, and for ever if
 * one of these in turn waits for a garbage collection in this thread (nodejs/node#54918).
 */
async function loadAwake(): Promise<Highs> {
  const timer = setInterval(() => {}, 1000);
  try {
    return await load();
  } finally {
    clearInterval(timer);
  }
}
