// The TypeScript kernel of the notebooks: tslab, with what it lacks mended while it is loaded. docs/notebooks.md words
// each for tslab's authors.
import { readFileSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { displayOf } from "./cell-output.js";

/** A piece of tslab's code and what stands in its place. */
interface Mend {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

const MENDS: readonly Mend[] = [
  {
    // `{ data }` of an earlier cell's `data` is `{ data: exports.data }`; tslab left it as it is, a ReferenceError.
    file: "converter.js",
    before: "function wrapPrevIdentifier(node) {",
    after: `function wrapPrevIdentifier(node) {
            if (ts.isShorthandPropertyAssignment(node)) {
                const value = checker.getShorthandAssignmentValueSymbol(ts.getOriginalNode(node));
                if ((value?.declarations ?? []).some((declaration) => declaration.getSourceFile() === declsFile)) {
                    const access = ts.factory.createPropertyAccessExpression(ts.factory.createIdentifier("exports"), node.name);
                    const otherwise = node.objectAssignmentInitializer;
                    return ts.factory.createPropertyAssignment(node.name, otherwise === undefined
                        ? access
                        : ts.factory.createAssignment(access, wrapPrevIdentifier(otherwise)));
                }
            }`,
  },
  {
    // Packages that say with "exports" where their types are, such as vega-lite, and this package by its own name.
    file: "converter.js",
    before: "moduleResolution: ts.ModuleResolutionKind.Node10",
    after: "moduleResolution: ts.ModuleResolutionKind.Bundler",
  },
  {
    // A package with a top-level await, such as vega-lite, can be imported, but not required.
    file: "executor.js",
    before: "let promise = null;",
    after: "await globalThis[Symbol.for('batchwise.prepare')](converted.output, rootDir);\n        let promise = null;",
  },
  {
    file: "executor.js",
    before: `                return mod;
            }
            return req.apply(thisArg, argArray);`,
    after: `                return mod;
            }
            return globalThis[Symbol.for('batchwise.imported')](arg) ?? req.apply(thisArg, argArray);`,
  },
  {
    // A cell's last value shows itself where it can.
    file: "executor.js",
    before: "console.log(ret);",
    after: "globalThis[Symbol.for('batchwise.show')](ret);",
  },
  {
    // A user's mistake is its message.
    file: "executor.js",
    before: `                await Promise.race([promise, interruptPromise]);
            }
            catch (e) {
                console.error(e);`,
    after: `                await Promise.race([promise, interruptPromise]);
            }
            catch (e) {
                globalThis[Symbol.for('batchwise.failed')](e);`,
  },
  {
    file: "executor.js",
    before: `                promise = ret;
            }
        }
        catch (e) {
            console.error(e);`,
    after: `                promise = ret;
            }
        }
        catch (e) {
            globalThis[Symbol.for('batchwise.failed')](e);`,
  },
  {
    // What is empty is no output of a cell.
    file: "jupyter.js",
    before: `            writeStream(name, text);
            return true;`,
    after: `            if (text !== "") writeStream(name, text);
            return true;`,
  },
  {
    // Who asks to go on after an error goes on.
    file: "jupyter.js",
    before: "this.execQueue.reset(200);",
    after: "this.execQueue.reset(req.stop_on_error === false ? undefined : 200);",
  },
  {
    // Jupyter and nbconvert are told which error ended a cell.
    file: "jupyter.js",
    before: "execution_count: count ? count.count : undefined,",
    after: `execution_count: count ? count.count : undefined,
            ...(status === "error" && globalThis[Symbol.for('batchwise.lastError')]()),`,
  },
];

const require = createRequire(import.meta.url);
const TSLAB = dirname(require.resolve("tslab/package.json"));
const dist = join(TSLAB, "dist");

/** CommonJS's own step from text to module: Node.js names no public one. */
const loader = Module.prototype as unknown as { _compile(text: string, path: string, format?: string): unknown };
const compile = loader._compile;
loader._compile = function (text, path, format) {
  const mended = MENDS.filter(({ file }) => relative(dist, path) === file).reduce(mend, text);
  return compile.call(this, mended, path, format);
};

function mend(text: string, { file, before, after }: Mend): string {
  const [start, end, ...more] = text.split(before);
  if (start === undefined || end === undefined || more.length > 0) {
    const { version } = JSON.parse(readFileSync(join(TSLAB, "package.json"), "utf8")) as { version: string };
    throw new Error(`kernel: ${file} of tslab ${version} is not what is mended here, allowed is tslab 1.0.22`);
  }
  return start + after + end;
}

const imported = new Map<string, unknown>();
let lastError: Error | undefined;
const hooks: Record<string, (...values: never[]) => unknown> = {
  async prepare(code: string, folder: string) {
    const fromCell = createRequire(join(folder, "cell.js"));
    for (const [, name = ""] of code.matchAll(/\brequire\("([^"]+)"\)/g)) {
      if (imported.has(name) || name === "tslab") continue;
      try {
        fromCell(name);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ERR_REQUIRE_ASYNC_MODULE") continue;
        imported.set(name, await import(pathToFileURL(fromCell.resolve(name)).href));
      }
    }
  },
  imported(name: string) {
    return imported.get(name);
  },
  show(value: unknown) {
    const output = displayOf(value);
    if (output === undefined) console.log(value);
    else for (const [type, content] of Object.entries(output)) display().raw(type, content);
  },
  failed(error: unknown) {
    lastError = error instanceof Error ? error : new Error(String(error));
    console.error(lastError.name === "UserError" ? lastError.message : error instanceof Error ? placeOf(error) : error);
  },
  lastError() {
    const { name, message } = lastError ?? new Error("the cell was not run: see the messages above");
    lastError = undefined;
    return { ename: name, evalue: message, traceback: [`${name}: ${message}`] };
  },
};
for (const [name, hook] of Object.entries(hooks)) {
  Object.defineProperty(globalThis, Symbol.for(`batchwise.${name}`), { value: hook });
}

/** An error with where it was thrown, without the kernel's own frames below the cell's. */
function placeOf(error: Error): string {
  const lines = (error.stack ?? String(error)).split("\n");
  const message = lines.findIndex((line) => line.startsWith(error.name));
  const frames = lines.slice(Math.max(0, message));
  const own = frames.findIndex((line) => line.includes("(node:vm:") || line.includes(dist));
  const shown = (own < 0 ? frames : frames.slice(0, own)).join("\n");
  return error.cause instanceof Error ? `${shown}\ncaused by ${placeOf(error.cause)}` : shown;
}

function display(): { raw(type: string, content: string): void } {
  return (require("tslab") as { display: { raw(type: string, content: string): void } }).display;
}

const [, , configPath] = process.argv;
const { startKernel } = require(join(dist, "main.js")) as {
  startKernel(options: { configPath: string | undefined; enableFindLocal: boolean }): void;
};
startKernel({ configPath, enableFindLocal: false });
