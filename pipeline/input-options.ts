import type { Command } from "commander";
import { type InputChoices, LAYOUTS } from "../src/model/model-input.js";
import { parseImageShape, parseInteger, parseName, parseValues } from "./arguments.js";

/** What the command line says of a model's input where its file does not. */
export interface InputFlags {
  readonly size?: string;
  readonly layout?: string;
  readonly channels?: string;
  readonly input?: readonly string[];
}

const MOST_CHANNELS = 1024;

export function withInputOptions(command: Command): Command {
  return command
    .option("--size <height x width>", "of images that are not square, as in 240x320")
    .option("--layout <layout>", `of the model's input, where its file does not tell: ${LAYOUTS.join(", ")}`)
    .option("--channels <number>", "of the model's input, where its file does not tell")
    .option(
      "--input <name=value>",
      "of an input beside the images; again for each, with commas for several values",
      (value: string, before: readonly string[] = []) => [...before, value],
    );
}

/** @throws UserError naming the option whose value is not allowed */
export function parseInputFlags({ size, layout, channels, input }: InputFlags): InputChoices {
  return {
    ...(size !== undefined && { shape: parseImageShape("--size", size) }),
    ...(layout !== undefined && { layout: parseName("--layout", LAYOUTS, layout) }),
    ...(channels !== undefined && {
      channels: parseInteger("--channels", channels, { least: 1, most: MOST_CHANNELS }),
    }),
    ...(input !== undefined && { inputs: parseValues("--input", input) }),
  };
}
