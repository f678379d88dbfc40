import assert from "node:assert/strict";
import { test } from "node:test";
import { efficientNetLayers, parametersWithBatchNorm } from "../../src/model/efficientnet-layers.js";

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
