#!/usr/bin/env node
// The command's own start, which needs descriptors and memory, too: where the machine gives too few of them that is one
// line. It imports nothing, since what can't be imported would be told by a stack trace before the first line here
// runs.

process.on("uncaughtException", fail);
start().catch(fail);

async function start(): Promise<void> {
  const { LEAST_ADDRESS_SPACE_MIB, requireAddressSpace } = await import("../src/core/require-address-space.js");
  requireAddressSpace(LEAST_ADDRESS_SPACE_MIB);
  await import("./command-line.js");
}

function fail(error: unknown): void {
  const { message, stack } = error instanceof Error ? error : { message: String(error) };
  const shown = process.env.BATCHWISE_DEBUG ? String(stack) : (message.split("\n")[0] ?? "");
  process.stderr.write(`batchwise: ${shown}\n`);
  process.exit(1);
}
