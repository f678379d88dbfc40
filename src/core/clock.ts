/**
 * Milliseconds of the machine's monotonic clock (CLOCK_MONOTONIC on Linux), comparable between
 * processes of one machine and one boot. A trial, its sampler and its probe all stamp with it.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
