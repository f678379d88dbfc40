import { Command } from "commander";
import { counted } from "../../src/core/counted.js";
import { percent } from "../../src/core/text-table.js";
import { formatDuration } from "../../src/core/units.js";
import { mostProbes } from "../../src/design/bisection.js";
import { cellsOf, requireFit } from "../../src/design/cells.js";
import { type Design, deviceName, inputChoicesOf, miniBatchSizesAt, readDesign } from "../../src/design/design.js";
import { estimateSweepMs } from "../../src/design/estimate.js";
import { type HiddenSteps, hiddenSteps } from "../../src/design/told-apart.js";
import { describeModel } from "../../src/measure/describe-model.js";
import { requireImages } from "../../src/measure/list-images.js";
import { ensureModelFile } from "../../src/measure/model-file.js";
import { requireProvider } from "../../src/measure/runtime.js";
import { OUTPUT, withHelpOfAll } from "../terminal/command-help.js";
import { printResult, table } from "../terminal/terminal.js";

/** `batchwise design`: what a design file asks for, before anything is measured. */
export function designCommand(): Command {
  const design = new Command("design").description("look at a design before it is measured");
  design
    .command("show")
    .description("list the cells, their number and an estimate of the time")
    .argument("<file>", "the design, a JSON file")
    .optionsGroup(OUTPUT)
    .option("--json", "print one JSON object")
    .action((file: string, { json }: { json?: boolean }) => showDesign(readDesign(file), json));
  design
    .command("check")
    .description("check that the design is valid and can be measured with its model and providers here")
    .argument("<file>", "the design, a JSON file")
    .optionsGroup(OUTPUT)
    .option("--json", "print one JSON object")
    .action(async (file: string, { json }: { json?: boolean }) => {
      const read = readDesign(file);
      for (const { provider } of read.devices) requireProvider(provider);
      requireFit(read, (await describeModel(ensureModelFile(read.model), inputChoicesOf(read))).input);
      if (read.images !== undefined) await requireImages(read.images);
      printResult(
        json,
        () => ({
          valid: true,
          name: read.name,
          hidden_steps: hiddenSteps(read).map(({ name, largestError }) => ({ name, largest_error: largestError })),
        }),
        () => [`design ${read.name} can be measured here`, ...hiddenStepLines(hiddenSteps(read))],
      );
    });
  return withHelpOfAll(design, "docs/files.md", {
    show: ["design show pipeline/designs/quick.json", "design show pipeline/designs/paper.json --json"],
    check: ["design check pipeline/designs/quick.json", "design check pipeline/designs/paper.json"],
  });
}

/** What the mini-batch sizes of a design can't tell from a straight line, and what would. */
function hiddenStepLines(hidden: readonly HiddenSteps[]): string[] {
  if (hidden.length === 0) return [];
  const each = hidden.map(
    ({ name, largestError }) => `${name} (off by up to ${percent(largestError)} % between its sizes)`,
  );
  return [
    `its mini-batch sizes can't tell from a straight line a device that ${each.join(", or ")}`,
    'others than powers of two do, different from one input size to the next: "mini_batch_sizes": "staggered"',
  ];
}

function showDesign(design: Design, json: boolean | undefined): void {
  const cells = cellsOf(design);
  const added = mostProbes(design);
  const repeated = cells.length * ((design.max_trials ?? design.trials) - design.trials);
  const estimateMs = estimateSweepMs(design);
  printResult(
    json,
    () => ({
      name: design.name,
      model: design.model,
      cells: cells.map(({ inputSizePx, miniBatchSize, device }) => ({
        input_size_px: inputSizePx,
        mini_batch_size: miniBatchSize,
        ...device,
      })),
      trials: cells.length * design.trials,
      most_added_trials: added,
      most_repeated_trials: repeated,
      estimate_ms: estimateMs,
    }),
    () => [
      table(
        ["device", "input size (px)", "mini-batch sizes"],
        design.devices.flatMap((device) =>
          design.input_sizes_px.map((size) => [
            deviceName(device),
            design.input_shape === undefined ? size : `${size} (${design.input_shape})`,
            miniBatchSizesAt(design, size).join(", "),
          ]),
        ),
      ),
      "",
      `${counted(cells.length, "cell")} × ${counted(design.trials, "trial")} = ${counted(cells.length * design.trials, "trial")} of ${design.model}`,
      ...(added === 0
        ? []
        : [`and at most ${added} more where mini-batches run out of memory, to find the largest that runs`]),
      ...(repeated === 0
        ? []
        : [
            `and at most ${repeated} more of cells whose latency is not known to ±${percent(design.process_half_width)} %`,
          ]),
      `about ${formatDuration(estimateMs)} on a machine with AVX2; the sweep tells better as it goes on`,
    ],
  );
}
