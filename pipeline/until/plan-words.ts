import { Command, CommanderError } from "commander";
import { UserError } from "../../src/core/user-error.js";
import { type AskedQuestion, askedQuestion, type WrittenQuestion } from "../../src/fleet/written-question.js";
import { PLAN_CLASSES, type PlanClass } from "../../src/plan/answer/plan-document.js";
import { parseName } from "../arguments.js";
import type { DeviceFlags } from "../plan/plan-devices.js";
import { withPlanOptions } from "../plan/plan-options.js";

/** The options of `plan` that a question may have of which a sweep decides the mini-batch sizes. */
const DECIDED_OPTIONS: readonly string[] = [
  ...["images", "workload", "deadline", "budget", "objective", "billing", "maxCost"],
  ...["devices", "size", "maxUses", "provider", "threads", "concurrent", "start", "confidence", "maxLatency"],
];

/** A plan's question as it was asked, and what it comes to. */
export interface AskedPlan extends AskedQuestion {
  readonly planClass: PlanClass;
  readonly flags: WrittenQuestion & DeviceFlags;
}

/**
 * The question in words behind `plan`, read as the command `plan` reads them.
 *
 * @param what names it in messages
 * @throws UserError if `plan` does not know the words, or a sweep can't decide them
 */
export function askedPlan([name = "", ...words]: readonly string[], what: string): AskedPlan {
  const planClass = parseName(`${what}: plan`, PLAN_CLASSES, name);
  const command = withPlanOptions(new Command(planClass), planClass)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} });
  try {
    command.parse([...words], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code.startsWith("commander.help")) {
      throw new UserError(`${what}: plan ${planClass}: --help, allowed are ${allowedOptions(command)}`);
    }
    throw new UserError(`${what}: plan ${planClass}: ${error.message.replace(/^error: /, "").replaceAll("\n", " ")}`);
  }
  const given = command.options.filter((option) => command.getOptionValueSource(option.attributeName()) === "cli");
  const other = given.find((option) => !DECIDED_OPTIONS.includes(option.attributeName()));
  const [folder] = command.args;
  if (other !== undefined || folder !== undefined) {
    throw new UserError(`${what}: plan ${planClass}: ${other?.long ?? folder}, allowed are ${allowedOptions(command)}`);
  }
  const flags = command.opts<WrittenQuestion & DeviceFlags>();
  const asked = askedQuestion(planClass, flags);
  return { ...asked, planClass, flags };
}

function allowedOptions({ options }: Command): string {
  const allowed = options.filter((option) => DECIDED_OPTIONS.includes(option.attributeName()));
  return allowed.map(({ long }) => long).join(", ");
}
