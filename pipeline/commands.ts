import type { Command } from "commander";

/** Each command brings its libraries, so only the one that is asked for is loaded; all of them for the help. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  design: async () => (await import("./design-command.js")).designCommand(),
  model: async () => (await import("./model-command.js")).modelCommand(),
  sweep: async () => (await import("./sweep-command.js")).sweepCommand(),
  dataset: async () => (await import("./dataset-command.js")).datasetCommand(),
  fit: async () => (await import("./fit-command.js")).fitCommand(),
  rank: async () => (await import("./rank-command.js")).rankCommand(),
  claims: async () => (await import("./claims-command.js")).claimsCommand(),
  plan: async () => (await import("./plan-command.js")).planCommand(),
  execute: async () => (await import("./execute-command.js")).executeCommand(),
  figures: async () => (await import("./figures-command.js")).figuresCommand(),
  monitor: async () => (await import("./monitor-command.js")).monitorCommand(),
  reproduce: async () => (await import("./reproduce-command.js")).reproduceCommand(),
};
