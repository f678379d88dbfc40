import { UserError } from "../core/user-error.js";

/** What one device does with one mini-batch size, in whole microseconds, rounded up. */
export interface Choice {
  readonly miniBatchSize: number;
  readonly latencyUs: number;
  readonly warmupUs: number;
}

/** Devices that are alike: how many there are and what each can do. */
export interface DeviceType {
  readonly name: string;
  readonly count: number;
  /** The largest number M of mini-batches after the first one. */
  readonly maxUses: number;
  readonly choices: readonly Choice[];
}

/** What a device type is made from: functions of the mini-batch size. */
export interface DeviceFunctions {
  readonly name: string;
  readonly count: number;
  readonly maxUses: number;
  /** The largest mini-batch MB that fits the device. */
  readonly maxMiniBatchSize: number;
  latencyMs(miniBatchSize: number): number;
  warmupMs(miniBatchSize: number): number;
}

/**
 * Tabulates a device's functions over the mini-batch sizes 1 to MB.
 *
 * A first inference is never taken to be faster than a later one: where a fitted warm-up lies under the fitted
 * latency, the latency stands in for it.
 *
 * @throws UserError if a count is not a whole number from 1, or a function is not above 0 somewhere
 */
export function deviceType(functions: DeviceFunctions): DeviceType {
  const { name, count, maxUses, maxMiniBatchSize } = functions;
  if (!Number.isSafeInteger(count) || count < 1) throw new UserError(`device ${name}: count ${count}, allowed from 1`);
  if (!Number.isSafeInteger(maxUses) || maxUses < 0) {
    throw new UserError(`device ${name}: max uses ${maxUses}, allowed are whole numbers from 0`);
  }
  const choices = Array.from({ length: maxMiniBatchSize }, (_, index) => {
    const miniBatchSize = index + 1;
    const latencyMs = functions.latencyMs(miniBatchSize);
    const warmupMs = Math.max(functions.warmupMs(miniBatchSize), latencyMs);
    if (!(latencyMs > 0 && Number.isFinite(warmupMs))) {
      throw new UserError(
        `device ${name}: latency ${latencyMs} ms at mini-batch size ${miniBatchSize}, allowed above 0`,
      );
    }
    return { miniBatchSize, latencyUs: microsecondsUp(latencyMs), warmupUs: microsecondsUp(warmupMs) };
  });
  return { name, count, maxUses, choices };
}

/** Rounds up, but not for the error of a decimal number in binary: 1.1 ms are 1,100 µs and not 1,101. */
function microsecondsUp(ms: number): number {
  return Math.ceil(Number((ms * 1000).toPrecision(12)));
}

/** Rounds down; see `microsecondsUp`. */
export function microsecondsDown(ms: number): number {
  return Math.floor(Number((ms * 1000).toPrecision(12)));
}
