import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { writeTinyModel } from "../../test/pipeline/commands/tiny-model.js";

export const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");

/** Files that are right, of every kind that a command reads. */
export interface BaseInputs {
  readonly design: string;
  readonly devices: string;
  readonly theme: string;
  readonly claims: string;
  readonly model: string;
  readonly images: string;
  /** With rows in every table. */
  readonly dataset: string;
  readonly plan: string;
}

/** What a tiny sweep measures, in so many trials of each of four cells. */
export function tinyDesign(trials: number, more: object = {}) {
  return {
    ...{ name: "tiny", model: "tiny.onnx", input_sizes_px: [24, 32], mini_batch_sizes: [1, 2], trials, idle_ms: 0 },
    ...{ devices: [{ provider: "cpu", threads: 1, concurrent: 1 }], stopping: { max_inferences: 10 }, ...more },
  };
}

/** Makes them in a folder by the command line itself: it measures a tiny model, plans and executes. */
export async function writeBaseInputs(folder: string): Promise<BaseInputs> {
  const at = (name: string) => join(folder, name);
  mkdirSync(at("images"), { recursive: true });
  writeTinyModel(at("tiny.onnx"), "uint8", ["N", "H", "W", 3], [1, 2]);
  const grey = { create: { width: 40, height: 30, channels: 3, background: "#468" } } as const;
  await sharp(grey).png().toFile(at("images/a.png"));
  await sharp(grey).jpeg().toFile(at("images/b.jpg"));
  const json = (name: string, value: unknown) => writeFileSync(at(name), JSON.stringify(value, null, 2));
  json("design.json", tinyDesign(2));
  json("devices.json", {
    devices: [
      {
        ...{ name: "a", count: 4, max_mini_batch_size: 8 },
        ...{ latency_ms: { intercept: 1, slope: 2 }, warmup_ms: { intercept: 5, slope: 3 } },
      },
      { name: "b", count: 2, price_per_hour: 3, latency_ms: { 1: 2, 4: 5 }, warmup_ms: { 1: 9, 4: 12 } },
    ],
  });
  json("theme.json", { width_mm: 85, font: "serif", text_pt: 8 });
  json("claims.json", {
    claims: [
      {
        name: "slow-first",
        finding: "The first inference is slower",
        conditions: [{ statistic: "warmup_over_latency", at_least: 1.5 }],
      },
    ],
  });
  batchwise(["sweep", "--design", at("design.json"), "--out", at("dataset")]);
  const question = ["--budget", "20ms", "--devices", "1", "--threads", "1", "--size", "24", "--json"];
  const { stdout } = batchwise(["plan", "relaxed", at("dataset"), ...question]);
  writeFileSync(at("plan.json"), stdout);
  batchwise(["execute", at("plan.json"), "--out", at("dataset")]);
  return {
    ...{ design: at("design.json"), devices: at("devices.json"), theme: at("theme.json"), claims: at("claims.json") },
    ...{ model: at("tiny.onnx"), images: at("images"), dataset: at("dataset"), plan: at("plan.json") },
  };
}

function batchwise(args: readonly string[]) {
  const ended = spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8" });
  if (ended.status !== 0) throw new Error(`batchwise ${args.join(" ")}: ended with ${ended.status}: ${ended.stderr}`);
  return ended;
}
