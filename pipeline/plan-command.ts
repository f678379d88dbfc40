import { Command } from "commander";
import { formatDuration, parseDurationMs } from "../src/core/units.js";
import { UserError } from "../src/core/user-error.js";
import { deviceName } from "../src/design/design.js";
import { functionsAtSize } from "../src/fit/device-functions.js";
import { type DeviceFit, fitDataset } from "../src/fit/fit-dataset.js";
import { type DeviceType, deviceType } from "../src/plan/device-type.js";
import { planRelaxed, planSoft } from "../src/plan/plan.js";
import type { PlanOutcome } from "../src/plan/plan-outcome.js";
import { parseInteger } from "./arguments.js";
import { printResult, table } from "./terminal.js";

interface PlanFlags {
  devices: string;
  size: string;
  maxUses: string;
  json?: boolean;
}

const DEFAULT_MAX_USES = "1000000";

/** `batchwise plan`: the two optimisation models of the study, solved over a dataset's fitted functions. */
export function planCommand(): Command {
  const plan = new Command("plan").description("choose mini-batch sizes and devices");
  withPlanFlags(plan.command("soft").description("soft real-time: fewest devices that classify N images in a time"))
    .requiredOption("--images <number>", "images to classify")
    .requiredOption("--deadline <time>", "the time they have, e.g. 5s")
    .action((folder: string, flags: PlanFlags & { images: string; deadline: string }) => {
      const images = parseInteger("--images", flags.images);
      const deadlineMs = parseDurationMs(flags.deadline);
      print(planSoft([deviceTypeOf(folder, flags)], images, deadlineMs), flags.json);
    });
  withPlanFlags(plan.command("relaxed").description("relaxed: most images that the devices classify in a time"))
    .requiredOption("--budget <time>", "the time, e.g. 5s")
    .action((folder: string, flags: PlanFlags & { budget: string }) => {
      print(planRelaxed([deviceTypeOf(folder, flags)], parseDurationMs(flags.budget)), flags.json);
    });
  return plan;
}

function withPlanFlags(command: Command): Command {
  return command
    .argument("<dir>", "the dataset's folder")
    .option("--devices <number>", "devices that there are", "1")
    .option("--size <px>", "input size", "224")
    .option("--max-uses <number>", "most mini-batches of a device after its first", DEFAULT_MAX_USES)
    .option("--json", "print one JSON object");
}

function deviceTypeOf(folder: string, flags: PlanFlags): DeviceType {
  const [fit] = fitDataset(folder);
  if (fit === undefined) throw new UserError(`dataset ${folder}: its design has no device`);
  return deviceTypeFromFit(
    fit,
    parseInteger("--size", flags.size),
    parseInteger("--devices", flags.devices),
    parseInteger("--max-uses", flags.maxUses),
  );
}

/** So many devices that all behave like the measured one. */
export function deviceTypeFromFit(fit: DeviceFit, inputSizePx: number, count: number, maxUses: number): DeviceType {
  return deviceType({ name: deviceName(fit.device), count, maxUses, ...functionsAtSize(fit, inputSizePx) });
}

function print(outcome: PlanOutcome, json: boolean | undefined): void {
  printResult(json, planAsJson(outcome), () => planLines(outcome));
}

export function planLines(outcome: PlanOutcome): string[] {
  if (outcome.status === "infeasible") {
    return [
      `infeasible: ${outcome.reason}`,
      outcome.feasibleTimeUs === undefined
        ? "no time would do"
        : `${formatDuration(outcome.feasibleTimeUs / 1000)} would do`,
    ];
  }
  const { devices, images, finishUs, solver } = outcome;
  return [
    table(
      ["device", "type", "mini-batch size", "mini-batches", "images", "finish (ms)"],
      devices.map((device, index) => [
        index + 1,
        device.type,
        device.miniBatchSize,
        device.miniBatches + 1,
        device.images,
        (device.finishUs / 1000).toFixed(1),
      ]),
    ),
    "",
    `${devices.length} device${devices.length === 1 ? "" : "s"}, ${images} images, finished after ${formatDuration(finishUs / 1000)}; proven optimal (${solver})`,
  ];
}

export function planAsJson(outcome: PlanOutcome) {
  if (outcome.status === "infeasible") {
    const { status, reason, mostImages, feasibleTimeUs } = outcome;
    return {
      status,
      reason,
      most_images: mostImages,
      feasible_time_ms: feasibleTimeUs === undefined ? null : feasibleTimeUs / 1000,
    };
  }
  const { status, devices, images, finishUs, solver, proven, paperObjective } = outcome;
  return {
    status,
    objective: {
      devices: devices.length,
      images,
      finish_ms: finishUs / 1000,
      ...(paperObjective !== undefined && { paper_objective: paperObjective }),
    },
    devices: devices.map((device) => ({
      type: device.type,
      mini_batch_size: device.miniBatchSize,
      mini_batches: device.miniBatches,
      images: device.images,
      finish_ms: device.finishUs / 1000,
    })),
    solver,
    proven,
    bound: paperObjective === undefined ? devices.length : images,
  };
}
