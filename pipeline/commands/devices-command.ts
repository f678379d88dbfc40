import { Command } from "commander";
import { importedLines } from "../../src/dataset/imported-lines.js";
import { lawLines } from "../../src/fit/law/law-lines.js";
import { fitPublished } from "../../src/fleet/published-work.js";
import { type PublishedCurve, publishedCurve, publishedCurves } from "../../src/importing/published.js";
import { OUTPUT, withHelpOfAll } from "../terminal/command-help.js";
import { printResult, table } from "../terminal/terminal.js";

/** `batchwise devices`: devices that others measured and published. */
export function devicesCommand(): Command {
  const devices = new Command("devices").description("devices that others measured and published, to plan with");
  devices
    .command("list")
    .description("list the published curves of latency against mini-batch")
    .argument("[words...]", "only those with these words in their names")
    .optionsGroup(OUTPUT)
    .option("--json", "print one JSON object")
    .action((words: string[], { json }: { json?: boolean }) => {
      const curves = publishedCurves().filter(({ name }) =>
        words.every((word) => name.toLowerCase().includes(word.toLowerCase())),
      );
      printResult(
        json,
        () => ({ devices: curves.map(curveAsJson) }),
        () => [
          listTable(curves),
          "",
          "each with its source: devices show NUMBER; to plan with one: plan soft --device NAME",
        ],
      );
    });
  devices
    .command("show")
    .description("show a published curve: its figures, its source, what is unknown, the law that it follows")
    .argument("<name>", "its number or its name")
    .optionsGroup(OUTPUT)
    .option("--json", "print one JSON object")
    .action((name: string, { json }: { json?: boolean }) => {
      const curve = publishedCurve(name);
      printResult(
        json,
        () => ({ ...curveAsJson(curve), rows: curve.rows.map(({ place: _, ...row }) => row) }),
        () => curveLines(curve),
      );
    });
  return withHelpOfAll(devices, "data/published/README.md", {
    list: ["devices list", "devices list a100 efficientnet"],
    show: ['devices show "efficientnet-b0 on A100 80GB, tf32"', "devices show 15 --json"],
  });
}

function listTable(curves: readonly PublishedCurve[]): string {
  return table(
    ["number", "name", "runtime", "input (px)", "mini-batches", "most images/s", "at", "percentiles", "power"],
    curves.map(({ curve, name, runtime, inputSizePx, rows }) => {
      const best = [...rows].sort((a, b) => (b.imagesPerS ?? 0) - (a.imagesPerS ?? 0))[0];
      return [
        ...[curve, name, runtime, inputSizePx ?? "", `${rows[0]?.miniBatchSize} to ${rows.at(-1)?.miniBatchSize}`],
        ...[Math.round(best?.imagesPerS ?? 0), best?.miniBatchSize ?? ""],
        ...[rows.every(({ p99Ms }) => p99Ms !== undefined) ? "to p99" : "", rows[0]?.powerW === undefined ? "" : "yes"],
      ];
    }),
  );
}

function curveLines(curve: PublishedCurve): string[] {
  const { source, rows } = curve;
  const fit = fitPublished(curve);
  return [
    `${curve.curve}: ${curve.name}${curve.runtime === "" ? "" : `, ${curve.runtime}`}`,
    ...importedLines(fit.imported),
    `source: https://github.com/${source.repository}/blob/${source.commit}/${source.path}`,
    `licence: ${source.licence}`,
    "",
    table(
      ["mini-batch", "mean (ms)", "p50 (ms)", "p90 (ms)", "p95 (ms)", "p99 (ms)", "images/s", "power (W)"],
      rows.map(({ miniBatchSize, meanMs, p50Ms, p90Ms, p95Ms, p99Ms, imagesPerS, powerW }) => [
        miniBatchSize,
        ...[meanMs, p50Ms, p90Ms, p95Ms, p99Ms, imagesPerS, powerW].map((figure) => figure ?? ""),
      ]),
    ),
    "",
    ...lawLines(fit.meanLatency().law()),
  ];
}

function curveAsJson({
  curve,
  name,
  device,
  model,
  precision,
  runtime,
  inputSizePx,
  top1Percent,
  source,
}: PublishedCurve) {
  return {
    ...{ number: curve, name, device, model, precision, runtime, source },
    input_size_px: inputSizePx ?? null,
    top1_percent: top1Percent ?? null,
  };
}
