import highsPackage, { type Highs } from "highs";

/** The package's declarations describe its CommonJS form; Node.js loads the other one, whose default is the loader. */
const load = highsPackage as unknown as () => Promise<Highs>;

let loading: Promise<Highs> | undefined;

/** HiGHS in WebAssembly, loaded once. */
export function highsLibrary(): Promise<Highs> {
  loading ??= load();
  return loading;
}
