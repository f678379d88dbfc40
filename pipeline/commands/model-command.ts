import { Command } from "commander";
import { printable } from "../../src/core/printable.js";
import { UserError } from "../../src/core/user-error.js";
import { describeModel } from "../../src/measure/describe-model.js";
import { buildModelFile } from "../../src/measure/model-file.js";
import { type ModelWork, measureModelWork } from "../../src/measure/model-work.js";
import { imageShape, type ModelInput, sizeOfShape } from "../../src/model/model-input.js";
import { parseIntegers } from "../arguments.js";
import { type InputFlags, parseInputFlags, withInputOptions } from "../input-options.js";
import { OUTPUT, REQUIRED, withHelpOfAll } from "../terminal/command-help.js";
import { printResult, table } from "../terminal/terminal.js";

/** `batchwise model`: build the models of the EfficientNet family, and describe any image classifier in ONNX. */
export function modelCommand(): Command {
  const model = new Command("model").description("build and describe models");
  model
    .command("build")
    .description("write a built-in model (efficientnet-b0 to efficientnet-b7) as an ONNX file")
    .argument("<name>", "efficientnet-b0 to efficientnet-b7")
    .optionsGroup(REQUIRED)
    .requiredOption("--out <file>", "the ONNX file to write")
    .optionsGroup(OUTPUT)
    .option("--json", "print one JSON object")
    .action((name: string, { out, json }: { out: string; json?: boolean }) => {
      if (!out.endsWith(".onnx")) throw new UserError(`--out ${out}: allowed are files that end with .onnx`);
      buildModelFile(name, out);
      printResult(
        json,
        () => ({ name, file: out }),
        () => [`${name} is in ${out}`],
      );
    });
  const describe = model
    .command("describe")
    .description("show a model's input, parameters, multiply-adds and activation bytes")
    .argument("<file>", "an ONNX file")
    .optionsGroup("What is described:")
    .option("--sizes <px>", "input sizes, separated by commas", "224");
  withInputOptions(describe)
    .optionsGroup(OUTPUT)
    .option("--json", "print one JSON object")
    .action(async (file: string, { sizes, json, ...flags }: { sizes: string; json?: boolean } & InputFlags) => {
      const wanted = parseIntegers("--sizes", sizes);
      const description = await describeModel(file, parseInputFlags(flags));
      const { name, graphName, parameters, nodes, bytes, input } = description;
      const work: ModelWork[] = [];
      for (const size of fixedSize(input) ?? wanted) work.push(await measureModelWork(file, size, input));
      printResult(
        json,
        () => ({ ...description, work }),
        () => [
          `${printable(name)}: ${parameters.toLocaleString("en")} parameters in ${nodes} nodes, ${(bytes / 1e6).toFixed(1)} MB`,
          ...(graphName === undefined || graphName === name ? [] : [`graph ${printable(graphName)}`]),
          `input ${printable(input.name)}: ${input.type}, ${axes(input)}`,
          "",
          table(
            ["input size (px)", "multiply-adds per image (M)", "activations per image (MiB)"],
            work.map(({ inputSizePx, multiplyAdds, activationBytes }) => [
              inputSizePx,
              (multiplyAdds / 1e6).toFixed(1),
              (activationBytes / 2 ** 20).toFixed(1),
            ]),
          ),
          ...new Set(work.flatMap(({ notes = [] }) => notes.map((note) => `note: ${printable(note)}`))),
        ],
      );
    });
  return withHelpOfAll(model, "README.md", {
    build: ["model build efficientnet-b0 --out b0.onnx", "model build efficientnet-b3 --out models/b3.onnx"],
    describe: ["model describe b0.onnx", "model describe detector.onnx --size 240x320 --input score_threshold=0.5"],
  });
}

/** The one size of a model whose file, or whose user, fixes it. */
function fixedSize(input: ModelInput): number[] | undefined {
  const { fixedHeightPx, fixedWidthPx } = input;
  const known = fixedHeightPx ?? fixedWidthPx;
  return known === undefined ? undefined : [sizeOfShape(imageShape(input, known))];
}

function axes({ layout, channels, ...fixed }: ModelInput): string {
  const { fixedMiniBatchSize: n = "N", fixedHeightPx: h = "H", fixedWidthPx: w = "W" } = fixed;
  const shown = { n, c: channels, h, w };
  return `(${[...layout].map((axis) => shown[axis as keyof typeof shown]).join(", ")})`;
}
