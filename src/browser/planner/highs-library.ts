import highsPackage, { type Highs } from "highs";

/** How Emscripten is given a program that it need not look for: of `wasmBinary` this build takes no notice. */
interface EmscriptenOptions {
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): void;
}

/** The package's declarations describe its CommonJS form; bundles take the other one, whose default is the loader. */
const load = highsPackage as unknown as (options: EmscriptenOptions) => Promise<Highs>;

let loading: Promise<Highs> | undefined;

/** Loads HiGHS from its bytes, which a page carries. */
export async function loadHighsFrom(wasm: ArrayBuffer): Promise<void> {
  const module = await WebAssembly.compile(wasm);
  loading = load({
    instantiateWasm: (imports, done) => void WebAssembly.instantiate(module, imports).then(done),
  });
}

/** Takes the place of the file of that name in src/plan/solve where a page solves. */
export async function highsLibrary(): Promise<Highs> {
  if (loading === undefined) throw new Error("HiGHS: not loaded");
  return loading;
}
