import type { onnx } from "onnx-proto";
import { valueInfo, withWeightsAsInputs } from "../model/file/change-model.js";
import { dimsOf } from "../model/file/graph-tensors.js";
import { encodedModel, type SlimModel } from "../model/file/read-slim-model.js";
import { codeOf, isElement } from "../model/tensor-element.js";
import {
  type BodyRun,
  branchRuns,
  loopRun,
  type Scope,
  scanRun,
  type TensorInScope,
  UNKNOWN_SHAPES,
  UNKNOWN_TIMES,
} from "./body-runs.js";
import { type Constants, constantsOf } from "./graph-constants.js";
import { multiplyAddsOf, operandsOf } from "./multiply-adds.js";
import { loadModel } from "./runtime.js";

/** The multiply-adds of what branches and loops contain. */
export interface WorkWithin {
  readonly multiplyAdds: number;
  /** Which of them are not counted or not certain, and why, a line each. */
  readonly notes: readonly string[];
}

/**
 * Counts the multiply-adds of the graphs within a graph's nodes, where a constant or a shape says how often they run:
 * of a loop each turn, of branches the one that a constant chooses, otherwise the larger one.
 *
 * @param slim the model without functions, of which the graph is a part
 * @param scope the tensors of the graph and of those around it
 */
export async function workWithin(
  slim: SlimModel,
  graph: onnx.IGraphProto,
  scope: Scope,
  around: Constants = new Map(),
): Promise<WorkWithin> {
  const constants = new Map([...around, ...constantsOf(graph)]);
  const works: WorkWithin[] = [];
  for (const node of graph.node ?? []) {
    if (bodiesOf(node).some(containsWork)) works.push(await workOfNode(slim, node, scope, constants));
  }
  return sumOf(works);
}

async function workOfNode(
  slim: SlimModel,
  node: onnx.INodeProto,
  scope: Scope,
  constants: Constants,
): Promise<WorkWithin> {
  const work = async (run: BodyRun | string) =>
    typeof run === "string" ? notCounted(node, run) : await workOfRun(slim, node, run, scope, constants);
  if (node.opType === "Loop") return work(loopRun(node, scope, constants));
  if (node.opType === "Scan") return work(scanRun(operatorsOf(slim), node, scope));
  if (node.opType !== "If") return notCounted(node, UNKNOWN_TIMES);
  const works: WorkWithin[] = [];
  for (const run of branchRuns(node, constants)) works.push(await work(run));
  const most = Math.max(...works.map(({ multiplyAdds }) => multiplyAdds));
  const notes = works.flatMap((one) => one.notes);
  const differ = works.some(({ multiplyAdds }) => multiplyAdds !== most);
  return {
    multiplyAdds: most,
    notes: differ ? [...notes, `${called(node)}: its branches differ, the larger one is counted`] : notes,
  };
}

async function workOfRun(
  slim: SlimModel,
  node: onnx.INodeProto,
  { body, times, given, carried }: BodyRun,
  scope: Scope,
  constants: Constants,
): Promise<WorkWithin> {
  const own = (body.input ?? []).flatMap(({ name }, place): [string, TensorInScope][] => {
    const tensor = given[place];
    return tensor === undefined ? [] : [[name ?? "", tensor]];
  });
  try {
    const inner = await tensorsWithin(slim, body, new Map([...scope, ...own]), constants);
    const isSame = ([input, output]: readonly [number, number]) =>
      String(given[input]?.dims) === String(inner.get(body.output?.[output]?.name ?? "")?.dims);
    const operands = (body.node ?? []).flatMap(operandsOf);
    if (!carried.every(isSame) || !operands.every((name) => inner.has(name))) return notCounted(node, UNKNOWN_SHAPES);
    const shapes = new Map([...inner].map(([name, { dims }]) => [name, dims]));
    const within = await workWithin(slim, body, inner, constants);
    return { multiplyAdds: times * (multiplyAddsOf(body, shapes) + within.multiplyAdds), notes: within.notes };
  } catch {
    return notCounted(node, UNKNOWN_SHAPES); // the runtime can't load the body by itself
  }
}

/** The tensors that a body can use whose shapes the runtime can tell: those it is given, and its own. */
async function tensorsWithin(
  slim: SlimModel,
  body: onnx.IGraphProto,
  known: Scope,
  constants: Constants,
): Promise<Scope> {
  const produced = producedIn(body);
  const used = namesUsedIn(body);
  const values = [...constants].flatMap(([name, { tensor }]) =>
    used.has(name) && !produced.has(name) && tensor !== undefined ? [{ ...tensor, name }] : [],
  );
  const held = new Set([...values, ...(body.initializer ?? [])].map(({ name }) => name));
  const names = (body.node ?? []).flatMap(({ output }) => output ?? []).filter((name) => name !== "");
  const graph: onnx.IGraphProto = {
    ...{ name: "body", node: body.node ?? [], initializer: [...(body.initializer ?? []), ...values] },
    input: [...known].flatMap(([name, { elemType, dims }]) =>
      used.has(name) && !held.has(name) ? [valueInfo(name, elemType, dims)] : [],
    ),
    output: names.map((name) => ({ name })),
  };
  const asked = withWeightsAsInputs({ model: { ...slim.model, graph }, functions: slim.functions });
  const loaded = await loadModel(encodedModel(asked), { provider: "cpu", threads: 1, optimise: "basic" });
  await loaded.close();
  const own = loaded.outputs.flatMap(({ name, type, dims }): [string, TensorInScope][] =>
    isElement(type) && dims.every((size) => typeof size === "number") ? [[name, { elemType: codeOf(type), dims }]] : [],
  );
  return new Map([...known, ...initializersOf(body), ...own]);
}

function bodiesOf({ attribute }: onnx.INodeProto): onnx.IGraphProto[] {
  return (attribute ?? []).flatMap(({ g, graphs }) => [...(g ? [g] : []), ...(graphs ?? [])]);
}

function containsWork({ node }: onnx.IGraphProto): boolean {
  return (node ?? []).some((one) => operandsOf(one).length > 0 || bodiesOf(one).some(containsWork));
}

function producedIn({ node, initializer }: onnx.IGraphProto): Set<string> {
  return new Set([...(node ?? []).flatMap(({ output }) => output ?? []), ...(initializer ?? []).map(nameOf)]);
}

function namesUsedIn(graph: onnx.IGraphProto): Set<string> {
  const nodes = graph.node ?? [];
  return new Set([
    ...nodes.flatMap(({ input }) => input ?? []),
    ...nodes.flatMap(bodiesOf).flatMap((body) => [...namesUsedIn(body), ...(body.output ?? []).map(nameOf)]),
  ]);
}

function nameOf({ name }: { readonly name?: string | null }): string {
  return name ?? "";
}

/** The weights of a graph as tensors that it can use. */
export function initializersOf({ initializer }: onnx.IGraphProto): [string, TensorInScope][] {
  return (initializer ?? []).map((tensor) => [
    nameOf(tensor),
    { elemType: tensor.dataType ?? 0, dims: dimsOf(tensor) },
  ]);
}

function operatorsOf({ model }: SlimModel): number {
  return Number(model.opsetImport?.find(({ domain }) => !domain)?.version ?? 0);
}

function sumOf(works: readonly WorkWithin[]): WorkWithin {
  return {
    multiplyAdds: works.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0),
    notes: works.flatMap(({ notes }) => notes),
  };
}

function notCounted(node: onnx.INodeProto, reason: string): WorkWithin {
  return { multiplyAdds: 0, notes: [`${called(node)}: its multiply-adds are not counted, ${reason}`] };
}

function called({ opType, name, output }: onnx.INodeProto): string {
  return `${opType} ${name || (output?.[0] ?? "")}`;
}
