import onnxProto from "onnx-proto";
import {
  type ClassifierLayer,
  type ConvolutionLayer,
  convolutionWeights,
  EFFICIENTNET_INPUT,
  EFFICIENTNET_OUTPUT,
  type EfficientNetName,
  efficientNetLayers,
  IMAGENET_CLASSES,
  type SqueezeExcitationLayer,
} from "./efficientnet-layers.js";
import { GraphBuilder, integer, integers, valueInfo } from "./onnx-graph-builder.js";

const { ModelProto } = onnxProto.onnx;

const OPSET = 17;
/**
 * E[swish(x)²] ≤ ½ E[x²]: a convolution that follows a swish divides its weights' variance by the bound. No layer
 * then amplifies, whatever the spread of its input (the exact 0.356 for N(0, 1) explodes as soon as the spread
 * exceeds 1), and the biases keep the signal from fading.
 */
const SWISH_SECOND_MOMENT = 0.5;
/** Squeeze-and-excitation multiplies by sigmoid(s), s around 0: the second moment falls by about this factor. */
const EXCITATION_SECOND_MOMENT = 0.27;
const BIAS_DEVIATION = 0.3;
/** The projection of a block with a residual is damped, so that the sum over a stage's blocks stays of order 1. */
const RESIDUAL_BRANCH_GAIN = 0.25;

/**
 * An EfficientNet as the bytes of an ONNX file: input `images` (N, 3, H, W) float32 with dynamic N, H and W, output
 * `logits` (N, 1000). Batch norm is folded into the convolutions; weights are seeded, not trained, and scaled so that
 * activations keep a second moment of about 1 at every input size.
 *
 * @param seed the same name and seed give the same bytes
 * @example
 * writeFileSync("b0.onnx", buildEfficientNet("efficientnet-b0", 1)); // 21 MB
 */
export function buildEfficientNet(name: EfficientNetName, seed: number): Uint8Array {
  const graph = new GraphBuilder(seed);
  const outputOfLayer = new Map<string, string>();
  const layers = efficientNetLayers(name);
  let current: string = EFFICIENTNET_INPUT;
  for (const [index, layer] of layers.entries()) {
    switch (layer.kind) {
      case "convolution": {
        const damped = layers[index + 1]?.kind === "residual";
        current = addConvolution(graph, layer, current, damped ? RESIDUAL_BRANCH_GAIN : 1);
        break;
      }
      case "squeeze_excitation":
        current = addSqueezeExcitation(graph, layer, current);
        break;
      case "residual":
        current = graph.node("Add", layer.name, [current, outputOfLayer.get(layer.from) ?? ""]);
        break;
      case "classifier":
        current = addClassifier(graph, layer, current);
        break;
    }
    outputOfLayer.set(layer.name, current);
  }
  return ModelProto.encode({
    irVersion: 8,
    producerName: "batchwise",
    opsetImport: [{ domain: "", version: OPSET }],
    graph: {
      name,
      node: graph.nodes,
      initializer: graph.initializers,
      input: [valueInfo(EFFICIENTNET_INPUT, ["N", 3, "H", "W"])],
      output: [valueInfo(EFFICIENTNET_OUTPUT, ["N", IMAGENET_CLASSES])],
    },
  }).finish();
}

function addConvolution(graph: GraphBuilder, layer: ConvolutionLayer, input: string, gain: number): string {
  const depthwise = layer.groups > 1;
  const fanIn = convolutionWeights(layer) / layer.channelsOut;
  const inputSecondMoment = secondMomentBefore(layer);
  const weights = depthwise
    ? graph.depthwiseWeights(`${layer.name}.weight`, layer.channelsOut, layer.kernel, 1 / inputSecondMoment)
    : graph.weights(
        `${layer.name}.weight`,
        [layer.channelsOut, layer.channelsIn / layer.groups, layer.kernel, layer.kernel],
        gain / Math.sqrt(fanIn * inputSecondMoment),
      );
  const bias = graph.weights(`${layer.name}.bias`, [layer.channelsOut], gain * BIAS_DEVIATION);
  const padding = (layer.kernel - 1) / 2;
  const output = graph.node(
    "Conv",
    layer.name,
    [input, weights, bias],
    [
      integers("kernel_shape", [layer.kernel, layer.kernel]),
      integers("strides", [layer.stride, layer.stride]),
      integers("pads", [padding, padding, padding, padding]),
      integer("group", layer.groups),
    ],
  );
  return layer.activation === "swish" ? addSwish(graph, layer.name, output) : output;
}

/** Mean square of what a convolution reads, by its place in the network. */
function secondMomentBefore(layer: ConvolutionLayer): number {
  if (layer.name.endsWith(".project")) return SWISH_SECOND_MOMENT * EXCITATION_SECOND_MOMENT;
  if (layer.name.endsWith(".depthwise")) return SWISH_SECOND_MOMENT;
  return 1; // the normalised image, or the sum of linear projections
}

function addSwish(graph: GraphBuilder, name: string, input: string): string {
  const gate = graph.node("Sigmoid", `${name}.sigmoid`, [input]);
  return graph.node("Mul", `${name}.swish`, [input, gate]);
}

function addSqueezeExcitation(graph: GraphBuilder, layer: SqueezeExcitationLayer, input: string): string {
  const pooled = graph.node("GlobalAveragePool", `${layer.name}.pool`, [input]);
  const convolve = (name: string, from: string, channelsIn: number, channelsOut: number) =>
    graph.node("Conv", name, [
      from,
      graph.weights(`${name}.weight`, [channelsOut, channelsIn, 1, 1], 1 / Math.sqrt(channelsIn * SWISH_SECOND_MOMENT)),
      graph.weights(`${name}.bias`, [channelsOut], BIAS_DEVIATION),
    ]);
  const squeezed = convolve(`${layer.name}.reduce`, pooled, layer.channels, layer.squeezedChannels);
  const activated = addSwish(graph, `${layer.name}.reduce`, squeezed);
  const excited = convolve(`${layer.name}.expand`, activated, layer.squeezedChannels, layer.channels);
  const gate = graph.node("Sigmoid", `${layer.name}.gate`, [excited]);
  return graph.node("Mul", layer.name, [input, gate]);
}

function addClassifier(graph: GraphBuilder, layer: ClassifierLayer, input: string): string {
  const pooled = graph.node("GlobalAveragePool", `${layer.name}.pool`, [input]);
  const flat = graph.node("Flatten", `${layer.name}.flatten`, [pooled]);
  const deviation = 1 / Math.sqrt(layer.channelsIn * SWISH_SECOND_MOMENT);
  const weights = graph.weights(`${layer.name}.weight`, [layer.classes, layer.channelsIn], deviation);
  const bias = graph.weights(`${layer.name}.bias`, [layer.classes], BIAS_DEVIATION);
  return graph.node("Gemm", layer.name, [flat, weights, bias], [integer("transB", 1)], "logits");
}
