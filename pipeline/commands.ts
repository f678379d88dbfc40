import type { Command } from "commander";

/** Each command brings its libraries, so only the one that is asked for is loaded; all of them for the help. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  design: async () => (await import("./commands/design-command.js")).designCommand(),
  model: async () => (await import("./commands/model-command.js")).modelCommand(),
  sweep: async () => (await import("./commands/sweep-command.js")).sweepCommand(),
  submit: async () => (await import("./commands/submit-command.js")).submitCommand(),
  import: async () => (await import("./commands/import-command.js")).importCommand(),
  dataset: async () => (await import("./commands/dataset-command.js")).datasetCommand(),
  fit: async () => (await import("./commands/fit-command.js")).fitCommand(),
  rank: async () => (await import("./commands/rank-command.js")).rankCommand(),
  compare: async () => (await import("./commands/compare-command.js")).compareCommand(),
  claims: async () => (await import("./commands/claims-command.js")).claimsCommand(),
  devices: async () => (await import("./commands/devices-command.js")).devicesCommand(),
  plan: async () => (await import("./commands/plan-command.js")).planCommand(),
  planner: async () => (await import("./commands/planner-command.js")).plannerCommand(),
  execute: async () => (await import("./commands/execute-command.js")).executeCommand(),
  report: async () => (await import("./commands/report-command.js")).reportCommand(),
  figures: async () => (await import("./commands/figures-command.js")).figuresCommand(),
  system: async () => (await import("./commands/system-command.js")).systemCommand(),
  monitor: async () => (await import("./commands/monitor-command.js")).monitorCommand(),
  reproduce: async () => (await import("./commands/reproduce-command.js")).reproduceCommand(),
};
