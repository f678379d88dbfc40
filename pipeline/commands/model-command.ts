import { Command } from "commander";
import { printable } from "../../src/core/printable.js";
import { UserError } from "../../src/core/user-error.js";
import { describeModel, type ModelWork, measureModelWork } from "../../src/measure/describe-model.js";
import { buildModelFile } from "../../src/measure/model-file.js";
import { parseIntegers } from "../arguments.js";
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
  model
    .command("describe")
    .description("show a model's input, parameters, multiply-adds and activation bytes")
    .argument("<file>", "an ONNX file")
    .optionsGroup("What is described:")
    .option("--sizes <px>", "input sizes, separated by commas", "224")
    .optionsGroup(OUTPUT)
    .option("--json", "print one JSON object")
    .action(async (file: string, { sizes, json }: { sizes: string; json?: boolean }) => {
      const wanted = parseIntegers("--sizes", sizes);
      const description = await describeModel(file);
      const fixed = description.input.fixedHeightPx;
      const work: ModelWork[] = [];
      for (const size of fixed === undefined ? wanted : [fixed]) work.push(await measureModelWork(file, size));
      const { name, sha256, bytes, parameters, nodes, input } = description;
      const result = () => ({ name, sha256, bytes, parameters, nodes, input, work });
      printResult(json, result, () => [
        `${printable(name)}: ${parameters.toLocaleString("en")} parameters in ${nodes} nodes, ${(bytes / 1e6).toFixed(1)} MB`,
        `input ${printable(input.name)}: ${input.type}, ${axes(description.input)}`,
        "",
        table(
          ["input size (px)", "multiply-adds per image (M)", "activations per image (MiB)"],
          work.map(({ inputSizePx, multiplyAdds, activationBytes }) => [
            inputSizePx,
            (multiplyAdds / 1e6).toFixed(1),
            (activationBytes / 2 ** 20).toFixed(1),
          ]),
        ),
      ]);
    });
  return withHelpOfAll(model, "README.md", {
    build: ["model build efficientnet-b0 --out b0.onnx", "model build efficientnet-b3 --out models/b3.onnx"],
    describe: ["model describe b0.onnx", "model describe models/b3.onnx --sizes 224,300"],
  });
}

function axes(input: Awaited<ReturnType<typeof describeModel>>["input"]): string {
  const { layout, channels, fixedMiniBatchSize = "N", fixedHeightPx = "H", fixedWidthPx = "W" } = input;
  return layout === "nchw"
    ? `(${fixedMiniBatchSize}, ${channels}, ${fixedHeightPx}, ${fixedWidthPx})`
    : `(${fixedMiniBatchSize}, ${fixedHeightPx}, ${fixedWidthPx}, ${channels})`;
}
