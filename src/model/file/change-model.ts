import type { onnx } from "onnx-proto";
import { codeOf, elementNamed } from "../tensor-element.js";
import { dimsOf } from "./graph-tensors.js";
import type { SlimModel } from "./read-slim-model.js";
import { placeOfValues } from "./weight-files.js";

const [FLOAT, FLOAT16, BFLOAT16] = [codeOf("float32"), codeOf("float16"), codeOf("bfloat16")];
/** AttributeProto.AttributeType.INT. */
const INTEGER = 2;

/** What the runtime for Node has no numbers of is given and taken as 32-bit numbers, under these names. */
export function castName(name: string): string {
  return `${name}.as_float32`;
}

/**
 * A model whose weights are inputs of their shapes, so that the runtime can look at it without them. Those that are
 * kept, because shapes follow from them, stay.
 */
export function withWeightsAsInputs({ model, functions }: SlimModel): SlimModel {
  const graph = model.graph ?? {};
  const weights = weightsElsewhere(graph);
  const names = new Set(weights.map(({ name }) => name));
  const known = new Set((graph.input ?? []).map(({ name }) => name));
  const added = weights.filter(({ name }) => !known.has(name));
  return changed(
    { model, functions },
    {
      node: (graph.node ?? []).filter((node) => node.opType !== "Constant" || !names.has(node.output?.[0] ?? "")),
      initializer: (graph.initializer ?? []).filter(({ name }) => !names.has(name)),
      input: [
        ...(graph.input ?? []),
        ...added.map((weight) => valueInfo(weight.name ?? "", weight.dataType ?? FLOAT, dimsOf(weight))),
      ],
    },
  );
}

/** The model that `withWeightsAsInputs` made of another one, with the weights of that one again. */
export function withWeightsOf(slim: SlimModel, from: SlimModel): SlimModel {
  const graph = slim.model.graph ?? {};
  const weights = weightsElsewhere(from.model.graph ?? {});
  const names = new Set(weights.map(({ name }) => name));
  return changed(slim, {
    input: (graph.input ?? []).filter(({ name }) => !names.has(name)),
    initializer: [...(graph.initializer ?? []), ...weights],
  });
}

/** The weights whose values are not in the messages: initializers, and constants as initializers of that name. */
function weightsElsewhere({ initializer, node }: onnx.IGraphProto): onnx.ITensorProto[] {
  const constants = (node ?? []).flatMap(({ opType, attribute, output }) => {
    const value = opType === "Constant" ? attribute?.find(({ t }) => t)?.t : undefined;
    return value ? [{ ...value, name: output?.[0] ?? "" }] : [];
  });
  return [...(initializer ?? []), ...constants].filter((tensor) => placeOfValues(tensor) !== undefined);
}

function changed({ model, functions }: SlimModel, parts: onnx.IGraphProto): SlimModel {
  return { model: { ...model, graph: { ...model.graph, ...parts } }, functions };
}

export function valueInfo(name: string, elemType: number, dims: readonly number[]): onnx.IValueInfoProto {
  return { name, type: { tensorType: { elemType, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } } };
}

/**
 * A model that the runtime for Node can be given: it takes and gives 32-bit numbers in place of `bfloat16` ones, with a
 * cast at each such input and output, and its axes of 0 are dynamic.
 */
export function loadableModel({ model, functions }: SlimModel): SlimModel {
  const graph = model.graph ?? {};
  const isCast = ({ type }: onnx.IValueInfoProto) => elementNamed(type?.tensorType?.elemType) === "bfloat16";
  const renamed = (value: onnx.IValueInfoProto): onnx.IValueInfoProto => {
    const { tensorType } = value.type ?? {};
    if (!tensorType) return value;
    const dims = tensorType.shape?.dim?.map((axis) => (axis.dimParam || Number(axis.dimValue ?? 0) > 0 ? axis : {}));
    const type = { tensorType: { ...tensorType, ...(dims && { shape: { dim: dims } }) } };
    return isCast(value)
      ? { name: castName(value.name ?? ""), type: { tensorType: { ...type.tensorType, elemType: FLOAT } } }
      : { ...value, type };
  };
  const casts = (values: readonly onnx.IValueInfoProto[], isInput: boolean) =>
    values.filter(isCast).map(({ name }) => {
      const [own, cast] = [name ?? "", castName(name ?? "")];
      return isInput ? castNode(cast, own, BFLOAT16) : castNode(own, cast, FLOAT);
    });
  return changed(
    { model, functions },
    {
      node: [...casts(graph.input ?? [], true), ...(graph.node ?? []), ...casts(graph.output ?? [], false)],
      input: (graph.input ?? []).map(renamed),
      output: (graph.output ?? []).map(renamed),
    },
  );
}

function castNode(from: string, to: string, element: number): onnx.INodeProto {
  const attribute = [{ name: "to", type: INTEGER, i: element }];
  return { opType: "Cast", name: `${from} to ${to}`, input: [from], output: [to], attribute };
}

/**
 * A model with half-precision numbers in place of `bfloat16`, of which JavaScript knows no tensors: all shapes and
 * sizes are the same.
 */
export function withFloat16(slim: SlimModel): SlimModel {
  const half = (code: number | null | undefined) => (code === BFLOAT16 ? FLOAT16 : (code ?? 0));
  const tensor = (one: onnx.ITensorProto) => ({ ...one, dataType: half(one.dataType) });
  const value = (one: onnx.IValueInfoProto) => {
    const { tensorType } = one.type ?? {};
    return tensorType ? { ...one, type: { tensorType: { ...tensorType, elemType: half(tensorType.elemType) } } } : one;
  };
  const { node = [], initializer = [], input = [], output = [] } = slim.model.graph ?? {};
  return changed(slim, {
    node: (node ?? []).map((one) => ({
      ...one,
      attribute: (one.attribute ?? []).map((own) => ({
        ...own,
        ...(own.t && { t: tensor(own.t) }),
        ...((own.name === "to" || own.name === "dtype") && { i: half(Number(own.i)) }),
      })),
    })),
    initializer: (initializer ?? []).map(tensor),
    input: (input ?? []).map(value),
    output: (output ?? []).map(value),
  });
}
