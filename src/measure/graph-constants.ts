import type { onnx } from "onnx-proto";
import { dimsOf, productOf } from "../model/file/graph-tensors.js";
import { placeOfValues } from "../model/file/weight-files.js";
import { elementNamed } from "../model/tensor-element.js";

/** What a name stands for: a tensor whose values the model holds, or another name that means the same number. */
export interface Constant {
  readonly tensor?: onnx.ITensorProto;
  readonly sameAs?: string;
}

export type Constants = ReadonlyMap<string, Constant>;

/** The constants of a graph by their names, those that are passed on or cast as well. */
export function constantsOf({ initializer, node }: onnx.IGraphProto): Constants {
  const tensors = (initializer ?? []).filter((tensor) => placeOfValues(tensor) === undefined);
  return new Map<string, Constant>([
    ...tensors.map((tensor): [string, Constant] => [tensor.name ?? "", { tensor }]),
    ...(node ?? []).flatMap(({ opType, attribute, input, output }): [string, Constant][] => {
      const name = output?.[0] ?? "";
      const tensor = opType === "Constant" ? attribute?.find(({ t }) => t)?.t : undefined;
      if (tensor && placeOfValues(tensor) === undefined) return [[name, { tensor }]];
      return opType === "Identity" || opType === "Cast" ? [[name, { sameAs: input?.[0] ?? "" }]] : [];
    }),
  ]);
}

/** The one whole number or truth value (0 or 1) that a name stands for; undefined where it is none. */
export function constantOf(name: string | undefined, constants: Constants): number | undefined {
  const { tensor, sameAs } = constants.get(name ?? "") ?? {};
  if (sameAs !== undefined && sameAs !== name) return constantOf(sameAs, constants);
  if (tensor === undefined || productOf(dimsOf(tensor)) !== 1) return undefined;
  const raw = Buffer.from(tensor.rawData ?? []);
  const element = elementNamed(tensor.dataType);
  if (element === "int64") return raw.length === 8 ? Number(raw.readBigInt64LE()) : numberIn(tensor.int64Data);
  if (element === "int32") return raw.length === 4 ? raw.readInt32LE() : numberIn(tensor.int32Data);
  if (element === "bool") return raw.length === 1 ? raw.readUInt8() : numberIn(tensor.int32Data);
  return undefined;
}

function numberIn(values: readonly unknown[] | null | undefined): number | undefined {
  const [value] = values ?? [];
  return value === undefined ? undefined : Number(value);
}
