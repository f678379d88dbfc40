/**
 * The EfficientNet family as a list of layers, in the order in which the network runs.
 *
 * Sources: Tan and Le, EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks (2019), tables 1
 * and the compound scaling of section 3.3; rounding as in the reference implementation and in torchvision.
 */

export type EfficientNetName = `efficientnet-b${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}`;

/** Width and depth multipliers and the input size that each member of the family was designed for. */
export const EFFICIENTNET_SCALING: Readonly<
  Record<EfficientNetName, { width: number; depth: number; inputSizePx: number }>
> = {
  "efficientnet-b0": { width: 1.0, depth: 1.0, inputSizePx: 224 },
  "efficientnet-b1": { width: 1.0, depth: 1.1, inputSizePx: 240 },
  "efficientnet-b2": { width: 1.1, depth: 1.2, inputSizePx: 260 },
  "efficientnet-b3": { width: 1.2, depth: 1.4, inputSizePx: 300 },
  "efficientnet-b4": { width: 1.4, depth: 1.8, inputSizePx: 380 },
  "efficientnet-b5": { width: 1.6, depth: 2.2, inputSizePx: 456 },
  "efficientnet-b6": { width: 1.8, depth: 2.6, inputSizePx: 528 },
  "efficientnet-b7": { width: 2.0, depth: 3.1, inputSizePx: 600 },
};

/** The seven stages of B0: expansion ratio, kernel, stride of the first block, channels in and out, blocks. */
const B0_STAGES = [
  { expansion: 1, kernel: 3, stride: 1, channelsIn: 32, channelsOut: 16, blocks: 1 },
  { expansion: 6, kernel: 3, stride: 2, channelsIn: 16, channelsOut: 24, blocks: 2 },
  { expansion: 6, kernel: 5, stride: 2, channelsIn: 24, channelsOut: 40, blocks: 2 },
  { expansion: 6, kernel: 3, stride: 2, channelsIn: 40, channelsOut: 80, blocks: 3 },
  { expansion: 6, kernel: 5, stride: 1, channelsIn: 80, channelsOut: 112, blocks: 3 },
  { expansion: 6, kernel: 5, stride: 2, channelsIn: 112, channelsOut: 192, blocks: 4 },
  { expansion: 6, kernel: 3, stride: 1, channelsIn: 192, channelsOut: 320, blocks: 1 },
] as const;

const STEM_CHANNELS = 32;
const HEAD_EXPANSION = 4;
export const IMAGENET_CLASSES = 1000;
/** Names of the tensors that a model takes and gives back. */
export const EFFICIENTNET_INPUT = "images";
export const EFFICIENTNET_OUTPUT = "logits";

/** A convolution with its batch norm folded in; `activation` follows it. */
export interface ConvolutionLayer {
  readonly kind: "convolution";
  readonly name: string;
  readonly channelsIn: number;
  readonly channelsOut: number;
  readonly kernel: number;
  readonly stride: number;
  readonly groups: number;
  readonly activation: "swish" | "none";
}

/** Squeeze-and-excitation: global average, two 1 × 1 convolutions (swish, sigmoid), rescale the channels. */
export interface SqueezeExcitationLayer {
  readonly kind: "squeeze_excitation";
  readonly name: string;
  readonly channels: number;
  readonly squeezedChannels: number;
}

/** Adds the output of the layer named `from` (the block's input) to the current output. */
export interface ResidualLayer {
  readonly kind: "residual";
  readonly name: string;
  /** The name of the layer whose output is added. */
  readonly from: string;
}

export interface ClassifierLayer {
  readonly kind: "classifier";
  readonly name: string;
  readonly channelsIn: number;
  readonly classes: number;
}

export type Layer = ConvolutionLayer | SqueezeExcitationLayer | ResidualLayer | ClassifierLayer;

/**
 * The layers of one member of the family.
 *
 * @example
 * efficientNetLayers("efficientnet-b0").at(-1); // { kind: "classifier", channelsIn: 1280, classes: 1000, … }
 */
export function efficientNetLayers(name: EfficientNetName): Layer[] {
  const { width, depth } = EFFICIENTNET_SCALING[name];
  const scaled = (channels: number) => roundChannels(channels * width);
  const stem = scaled(STEM_CHANNELS);
  const layers: Layer[] = [convolution("stem", 3, stem, 3, 2)];
  for (const [stageIndex, stage] of B0_STAGES.entries()) {
    const blocks = Math.ceil(stage.blocks * depth);
    for (let block = 0; block < blocks; block++) {
      layers.push(
        ...invertedBottleneck(`stage${stageIndex + 1}.block${block + 1}`, layers.at(-1)?.name ?? "stem", {
          channelsIn: block === 0 ? scaled(stage.channelsIn) : scaled(stage.channelsOut),
          channelsOut: scaled(stage.channelsOut),
          expansion: stage.expansion,
          kernel: stage.kernel,
          stride: block === 0 ? stage.stride : 1,
        }),
      );
    }
  }
  const lastStage = scaled(B0_STAGES[6].channelsOut);
  const head = HEAD_EXPANSION * lastStage;
  layers.push(convolution("head", lastStage, head, 1, 1));
  layers.push({ kind: "classifier", name: "classifier", channelsIn: head, classes: IMAGENET_CLASSES });
  return layers;
}

interface Block {
  channelsIn: number;
  channelsOut: number;
  expansion: number;
  kernel: number;
  stride: number;
}

/** MBConv: expand, depthwise, squeeze-and-excitation, project; a residual where shapes allow it. */
function invertedBottleneck(name: string, inputName: string, block: Block): Layer[] {
  const expanded = roundChannels(block.channelsIn * block.expansion);
  const layers: Layer[] = [];
  if (block.expansion !== 1) layers.push(convolution(`${name}.expand`, block.channelsIn, expanded, 1, 1));
  layers.push(convolution(`${name}.depthwise`, expanded, expanded, block.kernel, block.stride, expanded));
  layers.push({
    kind: "squeeze_excitation",
    name: `${name}.squeeze_excitation`,
    channels: expanded,
    squeezedChannels: Math.max(1, Math.floor(block.channelsIn / 4)),
  });
  layers.push(convolution(`${name}.project`, expanded, block.channelsOut, 1, 1, 1, "none"));
  if (block.stride === 1 && block.channelsIn === block.channelsOut) {
    layers.push({ kind: "residual", name: `${name}.residual`, from: inputName });
  }
  return layers;
}

function convolution(
  name: string,
  channelsIn: number,
  channelsOut: number,
  kernel: number,
  stride: number,
  groups = 1,
  activation: "swish" | "none" = "swish",
): ConvolutionLayer {
  return { kind: "convolution", name, channelsIn, channelsOut, kernel, stride, groups, activation };
}

/** Channels are multiples of 8, never more than 10 % below the scaled number. */
function roundChannels(channels: number): number {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return rounded < 0.9 * channels ? rounded + 8 : rounded;
}

/** Trainable parameters with batch norm unfolded: weights, two per channel for batch norm, biases where they stay. */
export function parametersWithBatchNorm(layers: readonly Layer[]): number {
  return layers.reduce((sum, layer) => sum + parametersOf(layer), 0);
}

function parametersOf(layer: Layer): number {
  switch (layer.kind) {
    case "convolution":
      return convolutionWeights(layer) + 2 * layer.channelsOut;
    case "squeeze_excitation":
      return 2 * layer.channels * layer.squeezedChannels + layer.channels + layer.squeezedChannels;
    case "classifier":
      return (layer.channelsIn + 1) * layer.classes;
    case "residual":
      return 0;
  }
}

/** The number of weights of a convolution, biases left out. */
export function convolutionWeights(layer: ConvolutionLayer): number {
  return layer.channelsOut * (layer.channelsIn / layer.groups) * layer.kernel ** 2;
}

export function isEfficientNetName(name: string): name is EfficientNetName {
  return Object.hasOwn(EFFICIENTNET_SCALING, name);
}
