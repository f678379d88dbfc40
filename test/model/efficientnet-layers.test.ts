import assert from "node:assert/strict";
import { test } from "node:test";
import {
  efficientNetLayers,
  isEfficientNetName,
  parametersWithBatchNorm,
} from "../../src/model/efficientnet-layers.js";

// Oracle: the numbers of parameters that torchvision documents for its models efficientnet_b0 to efficientnet_b7.
const TORCHVISION_PARAMETERS = [
  5_288_548, 7_794_184, 9_109_994, 12_233_232, 19_341_616, 30_389_784, 43_040_704, 66_347_960,
];

for (const [index, parameters] of TORCHVISION_PARAMETERS.entries()) {
  const name = `efficientnet-b${index}` as `efficientnet-b${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7}`;
  test(`${name} has as many parameters as torchvision's`, () => {
    assert.equal(parametersWithBatchNorm(efficientNetLayers(name)), parameters);
  });
}

test("efficientnet-b0 has 81 convolutions", () => {
  const count = efficientNetLayers("efficientnet-b0").reduce(
    (sum, { kind }) => sum + (kind === "convolution" ? 1 : kind === "squeeze_excitation" ? 2 : 0),
    0,
  );
  assert.equal(count, 81);
});

test("efficientnet-b0 has the stages of the paper", () => {
  // Oracle: Tan and Le (2019), table 1: operator, stride of the first block, channels and layers of each stage.
  const expected = [
    [1, 3, 1, 16],
    [2, 3, 2, 24],
    [2, 5, 2, 40],
    [3, 3, 2, 80],
    [3, 5, 1, 112],
    [4, 5, 2, 192],
    [1, 3, 1, 320],
  ];
  const layers = efficientNetLayers("efficientnet-b0");
  const convolutions = layers.filter((layer) => layer.kind === "convolution");
  for (const [index, stage] of expected.entries()) {
    const own = convolutions.filter(({ name }) => name.startsWith(`stage${index + 1}.`));
    const depthwise = own.filter(({ name }) => name.endsWith(".depthwise"));
    assert.ok(
      depthwise.every(({ groups, channelsIn, channelsOut }) => groups === channelsIn && groups === channelsOut),
    );
    assert.deepEqual([depthwise.length, depthwise[0]?.kernel, depthwise[0]?.stride, own.at(-1)?.channelsOut], stage);
    assert.ok(depthwise.slice(1).every(({ stride }) => stride === 1));
    assert.ok(own.filter(({ name }) => name.endsWith(".project")).every(({ activation }) => activation === "none"));
  }
  const [stem, head] = [convolutions[0], convolutions.at(-1)];
  assert.deepEqual([stem?.kernel, stem?.stride, stem?.channelsOut, stem?.activation], [3, 2, 32, "swish"]);
  assert.deepEqual([head?.kernel, head?.channelsIn, head?.channelsOut], [1, 320, 1280]);
  assert.deepEqual(layers.at(-1), { kind: "classifier", name: "classifier", channelsIn: 1280, classes: 1000 });
});

test("a block that keeps its shape adds its input, and squeezes to a quarter of the channels that it takes", () => {
  const layers = efficientNetLayers("efficientnet-b0");
  const residuals = layers.flatMap((layer) => (layer.kind === "residual" ? [[layer.name, layer.from]] : []));
  assert.equal(residuals.length, 9, "16 blocks, seven of which change the shape");
  assert.deepEqual(residuals[0], ["stage2.block2.residual", "stage2.block1.project"]);
  assert.deepEqual(residuals[2], ["stage4.block2.residual", "stage4.block1.project"]);
  assert.deepEqual(residuals[3], ["stage4.block3.residual", "stage4.block2.residual"]);
  const squeezes = layers.flatMap((layer) =>
    layer.kind === "squeeze_excitation" ? [[layer.channels, layer.squeezedChannels]] : [],
  );
  assert.deepEqual(
    [squeezes[0], squeezes[1], squeezes.at(-1)],
    [
      [32, 8],
      [96, 4],
      [1152, 48],
    ],
  );
});

test("the names of the family are known, and no others", () => {
  for (const name of ["efficientnet-b0", "efficientnet-b7"]) assert.equal(isEfficientNetName(name), true);
  for (const name of ["efficientnet-b8", "resnet", "toString", ""]) assert.equal(isEfficientNetName(name), false);
});
