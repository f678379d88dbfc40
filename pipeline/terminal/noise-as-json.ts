import type { DeviceNoise } from "../../src/fit/device-noise.js";
import { measuringAdvice, type Repetitions } from "../../src/fit/measuring-advice.js";
import type { DeviceSpells } from "../../src/fit/spells.js";

/** The noise of a device by its levels, what of it lasts, and what it advises, as JSON. */
export function noiseAsJson(noise: DeviceNoise, spells: DeviceSpells, halfWidth?: number) {
  const advice = measuringAdvice(noise, halfWidth);
  return {
    levels: [noise.latency, noise.warmup, noise.memory].flatMap(({ quantity, levels }) =>
      levels.map(({ level, deviation, interval, share, groups, degrees, variance }) => ({
        ...{ quantity, level },
        deviation: deviation ?? null,
        deviation_interval: interval === undefined ? null : [interval.low, interval.high],
        share: share ?? null,
        ...{ groups, degrees },
        variance: variance ?? null,
      })),
    ),
    machine: noise.machine.map(({ quantity, covariate, share, slope, pValue, trials }) => ({
      ...{ quantity, covariate, share, slope, p: pValue, trials },
    })),
    spells: [
      { quantity: noise.latency.quantity, of: spells.latency },
      { quantity: noise.warmup.quantity, of: spells.warmup },
    ].flatMap(({ quantity, of }) =>
      of === undefined
        ? []
        : [{ quantity, probability: of.probability, share: of.share, deviation: Math.sqrt(of.variance) }],
    ),
    advice:
      advice === undefined
        ? null
        : {
            ...{ half_width: advice.wanted, sessions_known: advice.sessionsKnown },
            ...{ advised: repetitionsAsJson(advice.advised), present: repetitionsAsJson(advice.present) },
          },
  };
}

function repetitionsAsJson({ sessions, processes, inferences, measuringMs, halfWidth }: Repetitions) {
  return { sessions, processes, inferences, measuring_ms: measuringMs, half_width: halfWidth };
}
