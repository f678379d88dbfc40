import type { onnx } from "onnx-proto";
import { UserError } from "../core/user-error.js";
import { type ElementName, elementNamed } from "./tensor-element.js";

/** What the elements of an image batch may be. */
export type TensorElement = Exclude<ElementName, "bool" | "uint4" | "int4">;

/** Where a tensor has the batch (N), the channels (C), the height and the width. */
export const LAYOUTS = ["nchw", "nhwc", "chw", "hwc"] as const;
export type Layout = (typeof LAYOUTS)[number];

/** An input beside the images, which has the same values in every inference. */
export interface FurtherInput {
  readonly name: string;
  readonly type: TensorElement | "bool";
  /** An axis without a fixed size is undefined: the first one is that of the mini-batch, others have one place. */
  readonly dims: readonly (number | null)[];
  /** Repeated where the tensor has more places. */
  readonly values: readonly number[];
}

/** The image batch that a model takes. An axis without a fixed size is dynamic. */
export interface ModelInput {
  readonly name: string;
  readonly type: TensorElement;
  readonly layout: Layout;
  readonly channels: number;
  readonly fixedMiniBatchSize?: number;
  readonly fixedHeightPx?: number;
  readonly fixedWidthPx?: number;
  readonly further?: readonly FurtherInput[];
  /**
   * Whether the runtime can't be given the file as it is: an input or output is of an element type that JavaScript has
   * no numbers of, so that a cast is put beside it, or an axis of 0 is meant to be dynamic.
   */
  readonly needsChange?: true;
}

/** Height and width of an image. */
export interface ImageShape {
  readonly heightPx: number;
  readonly widthPx: number;
}

/** What a user says of a model's input where its file does not. */
export interface InputChoices {
  readonly layout?: Layout | undefined;
  readonly channels?: number | undefined;
  /** Of all images, where they are not square. */
  readonly shape?: ImageShape | undefined;
  /** Values of the inputs beside the images, by name. */
  readonly inputs?: Readonly<Record<string, number | readonly number[]>> | undefined;
}

/** Channels that are tried where neither the file nor the user tells them, the likeliest first. */
const LIKELY_CHANNELS = [3, 1, 4];

/**
 * The image batches that the input of a model can be, the likeliest first: one where its shape and the choices leave
 * no doubt, else several, of which running the model tells.
 *
 * @throws UserError if none of its inputs can be one, or if another one has no value
 */
export function possibleInputs(graph: onnx.IGraphProto, choices: InputChoices = {}): ModelInput[] {
  const images = imagesAmong(graph, choices);
  const { name = "" } = images;
  const axes = axesOf(images);
  const type = elementNamed(images.type?.tensorType?.elemType);
  const shown = `input ${name} ${type ?? "of another type"} [${shownAxes(images)}]`;
  if (type === undefined || type === "bool" || type === "uint4" || type === "int4") {
    throw new UserError(`model: ${shown}: allowed are floating-point numbers and whole numbers of 8 to 64 bits`);
  }
  if (axes !== undefined && axes.length !== 3 && axes.length !== 4) {
    throw new UserError(`model: ${shown}: allowed is rank 4, (N, C, H, W) or (N, H, W, C), or rank 3 without N`);
  }
  const further = furtherInputs(graph, name ?? "", choices);
  const base = {
    name: name ?? "",
    type,
    ...(further.length > 0 && { further }),
    ...(needsChange(graph) && { needsChange: true as const }),
  };
  const layouts = layoutsOf(axes, choices);
  const inputs = layouts.map((found) => ({ ...base, ...found })).map((input) => withShape(input, choices.shape));
  if (inputs.length === 0) {
    const { layout = "any", channels = "any" } = choices;
    throw new UserError(`model: ${shown}: does not fit layout ${layout} with channels ${channels}`);
  }
  return inputs;
}

/** The inputs of a graph that have no value of their own. */
function openInputs({ input, initializer }: onnx.IGraphProto): onnx.IValueInfoProto[] {
  const weights = new Set((initializer ?? []).map(({ name }) => name));
  return (input ?? []).filter(({ name }) => !weights.has(name));
}

function imagesAmong(graph: onnx.IGraphProto, { inputs = {} }: InputChoices): onnx.IValueInfoProto {
  const open = openInputs(graph);
  const names = open.map(({ name }) => name ?? "");
  const unknown = Object.keys(inputs).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new UserError(`model: has no input ${unknown} that needs a value, its inputs are ${names.join(", ")}`);
  }
  const left = open.filter(({ name }) => !Object.hasOwn(inputs, name ?? ""));
  const [images] = left;
  if (images !== undefined && left.length === 1) return images;
  throw new UserError(
    `model: has ${left.length} inputs without a value (${left.map(({ name }) => name).join(", ")}), ` +
      "required is one image batch; others get theirs with --input NAME=VALUE",
  );
}

/** The axes of an input, undefined where one is dynamic: it has a name, or none, or is 0 or −1. */
function axesOf({ type }: onnx.IValueInfoProto): (number | undefined)[] | undefined {
  const dims = type?.tensorType?.shape?.dim;
  return dims?.map(({ dimValue }) => (Number(dimValue ?? 0) > 0 ? Number(dimValue) : undefined));
}

function shownAxes({ type }: onnx.IValueInfoProto): string {
  const dims = type?.tensorType?.shape?.dim;
  return (
    dims?.map((axis) => axis.dimParam || (Object.hasOwn(axis, "dimValue") ? axis.dimValue : "?")).join(", ") ??
    "no shape"
  );
}

type Axes = Omit<ModelInput, "name" | "type" | "further" | "needsChange">;

/** What the axes of an input can mean. Without a shape it has four. */
function layoutsOf(axes: readonly (number | undefined)[] | undefined, choices: InputChoices): Axes[] {
  const known = axes ?? [undefined, undefined, undefined, undefined];
  const [first, second, third] = known.slice(-3);
  const batch = known.length === 4 ? { fixedMiniBatchSize: known[0] } : { fixedMiniBatchSize: 1 };
  const [channelsFirst, channelsLast] = known.length === 4 ? (["nchw", "nhwc"] as const) : (["chw", "hwc"] as const);
  const places = [
    { layout: channelsFirst, channels: first, fixedHeightPx: second, fixedWidthPx: third },
    { layout: channelsLast, channels: third, fixedHeightPx: first, fixedWidthPx: second },
  ];
  const wanted = places.filter(({ layout }) => choices.layout === undefined || layout === choices.layout);
  const likely = wanted.length === 1 ? wanted : likelyPlaces(wanted);
  return LIKELY_CHANNELS.concat(choices.channels ?? [])
    .flatMap((tried) => likely.map(({ channels = choices.channels ?? tried, ...place }) => ({ ...place, channels })))
    .filter(({ channels }) => choices.channels === undefined || channels === choices.channels)
    .filter((place, index, all) => all.findIndex((other) => isSame(other, place)) === index)
    .map((place) => withoutUndefined({ ...place, ...batch }));
}

interface Place {
  readonly layout: Layout;
  readonly channels: number | undefined;
  readonly fixedHeightPx: number | undefined;
  readonly fixedWidthPx: number | undefined;
}

/** Channels are few: 1 or 3 of them tell where they are; else images that are square do, or the smaller number. */
function likelyPlaces(places: readonly Place[]): readonly Place[] {
  const usual = places.find(({ channels }) => channels === 1 || channels === 3);
  if (usual !== undefined) return [usual];
  const square = places.filter(
    ({ channels, fixedHeightPx, fixedWidthPx }) =>
      fixedHeightPx !== undefined && fixedHeightPx === fixedWidthPx && channels !== fixedHeightPx,
  );
  if (square.length === 1) return square;
  const known = places.filter(({ channels }) => channels !== undefined);
  if (known.length === 0) return places;
  const least = Math.min(...known.map(({ channels = 0 }) => channels));
  return known.filter(({ channels }) => channels === least).slice(0, 1);
}

function isSame(a: Place, b: Place): boolean {
  return a.layout === b.layout && a.channels === b.channels;
}

function withoutUndefined(axes: { readonly [Key in keyof Axes]: Axes[Key] | undefined }): Axes {
  return Object.fromEntries(Object.entries(axes).filter(([, value]) => value !== undefined)) as unknown as Axes;
}

/** @throws UserError if the model has another shape */
function withShape(input: ModelInput, shape: ImageShape | undefined): ModelInput {
  if (shape === undefined) return input;
  const { fixedHeightPx: heightPx = shape.heightPx, fixedWidthPx: widthPx = shape.widthPx } = input;
  if (heightPx !== shape.heightPx || widthPx !== shape.widthPx) {
    throw new UserError(`size ${shape.heightPx}x${shape.widthPx}: the model's is fixed to ${heightPx}x${widthPx}`);
  }
  return { ...input, fixedHeightPx: heightPx, fixedWidthPx: widthPx };
}

function furtherInputs(graph: onnx.IGraphProto, images: string, { inputs = {} }: InputChoices): FurtherInput[] {
  return openInputs(graph).flatMap((input) => {
    const name = input.name ?? "";
    if (name === images) return [];
    const type = elementNamed(input.type?.tensorType?.elemType);
    if (type === undefined || type === "uint4" || type === "int4" || type === "bfloat16") {
      throw new UserError(`model: input ${name}: allowed are tensors of numbers of 8 to 64 bits, and of bool`);
    }
    const dims = (axesOf(input) ?? []).map((axis) => axis ?? null);
    return [{ name, type, dims, values: [inputs[name] ?? 0].flat() }];
  });
}

function needsChange({ input, output }: onnx.IGraphProto): boolean {
  return [...(input ?? []), ...(output ?? [])].some(({ type }) => {
    const { elemType, shape } = type?.tensorType ?? {};
    return elementNamed(elemType) === "bfloat16" || (shape?.dim ?? []).some(isZero);
  });
}

/** An axis that says nothing is not one of 0. */
function isZero(axis: onnx.TensorShapeProto.IDimension): boolean {
  return Object.hasOwn(axis, "dimValue") && Number(axis.dimValue) === 0;
}

/** Height and width of the images of a size: the size itself, but for a model or a choice that fixes them. */
export function imageShape({ fixedHeightPx, fixedWidthPx }: ModelInput, inputSizePx: number): ImageShape {
  return { heightPx: fixedHeightPx ?? inputSizePx, widthPx: fixedWidthPx ?? inputSizePx };
}

/**
 * The input size that stands for images of a shape: the side of the square that has as many pixels, rounded.
 *
 * @example sizeOfShape({ heightPx: 240, widthPx: 320 }) // 277
 */
export function sizeOfShape({ heightPx, widthPx }: ImageShape): number {
  return Math.round(Math.sqrt(heightPx * widthPx));
}

/** The tensor's shape for one mini-batch of images of a size. */
export function tensorDims(input: ModelInput, inputSizePx: number, miniBatchSize: number): number[] {
  const { heightPx, widthPx } = imageShape(input, inputSizePx);
  const dimsOfAxes = { n: miniBatchSize, c: input.channels, h: heightPx, w: widthPx };
  return [...input.layout].map((axis) => dimsOfAxes[axis as keyof typeof dimsOfAxes]);
}

/**
 * Whether a cell fits the model's fixed axes.
 *
 * @returns undefined if it does, else the reason in one line
 */
export function misfit(input: ModelInput, inputSizePx: number, miniBatchSize: number): string | undefined {
  const { fixedMiniBatchSize, fixedHeightPx, fixedWidthPx } = input;
  if (fixedMiniBatchSize !== undefined && fixedMiniBatchSize !== miniBatchSize) {
    return `mini-batch size ${miniBatchSize}: the model's is fixed to ${fixedMiniBatchSize}`;
  }
  const known = fixedHeightPx ?? fixedWidthPx ?? inputSizePx;
  const isSquare = (fixedHeightPx ?? known) === (fixedWidthPx ?? known);
  const allowed = isSquare ? known : sizeOfShape(imageShape(input, inputSizePx));
  if (allowed === inputSizePx) return undefined;
  const shape = `${fixedHeightPx ?? "H"} × ${fixedWidthPx ?? "W"}`;
  return `input size ${inputSizePx}: the model's is fixed to ${shape}${isSquare ? "" : `, which is size ${allowed}`}`;
}
