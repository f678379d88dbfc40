/** How much of a time limit is left: at least so little that an answer can say that it was ended. */
export interface Clock {
  leftMs(): number;
  isOver(): boolean;
}

const DEFAULT_LIMIT_MS = 10_000;

export function startClock(limitMs = DEFAULT_LIMIT_MS): Clock {
  const endMs = performance.now() + limitMs;
  return { leftMs: () => Math.max(1, endMs - performance.now()), isOver: () => performance.now() >= endMs };
}
