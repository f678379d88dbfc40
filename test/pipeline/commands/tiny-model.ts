import { writeFileSync } from "node:fs";
import onnxProto from "onnx-proto";

const { ModelProto, TensorProto, AttributeProto } = onnxProto.onnx;

const ELEMENT = {
  float32: TensorProto.DataType.FLOAT,
  float16: TensorProto.DataType.FLOAT16,
  uint8: TensorProto.DataType.UINT8,
};

/** Writes a classifier that averages its image: cast to float32, mean over the spatial axes, one logit per channel. */
export function writeTinyModel(
  path: string,
  type: keyof typeof ELEMENT,
  shape: readonly (number | string)[],
  spatialAxes: readonly number[],
): void {
  const dim = shape.map((size) => (typeof size === "string" ? { dimParam: size } : { dimValue: size }));
  const { INT, INTS } = AttributeProto.AttributeType;
  const bytes = ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 17 }],
    graph: {
      name: "tiny",
      node: [
        {
          opType: "Cast",
          name: "cast",
          input: ["images"],
          output: ["real"],
          attribute: [{ name: "to", type: INT, i: TensorProto.DataType.FLOAT }],
        },
        {
          opType: "ReduceMean",
          name: "mean",
          input: ["real"],
          output: ["logits"],
          attribute: [
            { name: "axes", type: INTS, ints: [...spatialAxes] },
            { name: "keepdims", type: INT, i: 0 },
          ],
        },
      ],
      input: [{ name: "images", type: { tensorType: { elemType: ELEMENT[type], shape: { dim } } } }],
      output: [
        {
          name: "logits",
          type: {
            tensorType: {
              elemType: TensorProto.DataType.FLOAT,
              shape: { dim: [dim[0] ?? {}, { dimValue: 3 }] },
            },
          },
        },
      ],
    },
  }).finish();
  writeFileSync(path, bytes);
}
