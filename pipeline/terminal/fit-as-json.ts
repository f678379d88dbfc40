import { groupBy } from "../../src/core/group-by.js";
import type { DeviceFit } from "../../src/fit/device-fit.js";
import type { FittedFunction } from "../../src/fit/fitted-function.js";
import { largestMiniBatches } from "../../src/fit/largest-mini-batch.js";
import { cellOf } from "../../src/fit/observed/observation.js";
import type { QuantityFit } from "../../src/fit/quantity-fit.js";
import { knownQuantities } from "../../src/fit/unknown-quantity.js";
import { cautionsAsJson } from "./caution-lines.js";
import { hostsAsJson } from "./hosts-as-json.js";
import { noiseAsJson } from "./noise-as-json.js";
import { sessionsAsJson } from "./sessions-as-json.js";

/** A fit as `fit --json` prints it. */
export function fitAsJson(fit: DeviceFit, memoryMib = fit.memoryLimitMib, halfWidth?: number) {
  return {
    ...fit.device,
    ...(fit.imported !== undefined && { imported: fit.imported }),
    sessions: sessionsAsJson(fit.sessions),
    hosts: hostsAsJson(fit.hosts),
    cautions: cautionsAsJson(fit),
    noise: noiseAsJson(fit.noise(), fit.spells(), halfWidth),
    functions: knownQuantities(fit).flatMap(({ bySize, chosen }) => [
      ...[...bySize].map(([size, fitted]) => functionAsJson(size, fitted)),
      functionAsJson("all", chosen),
    ]),
    candidates: knownQuantities(fit).flatMap(({ quantity, noiseFloor, candidates }) =>
      candidates().map(({ form, coefficients, leftOutError, extrapolation, withinNoise, chosen }) => ({
        quantity,
        form,
        coefficients,
        left_out_error: leftOutError ?? null,
        largest_size_error: extrapolation.largestSize ?? null,
        largest_mini_batch_error: extrapolation.largestMiniBatch ?? null,
        noise_floor: noiseFloor ?? null,
        within_noise: withinNoise,
        chosen,
      })),
    ),
    lack_of_fit: knownQuantities(fit).flatMap(lackOfFitAsJson),
    laws: knownQuantities(fit).flatMap(lawAsJson),
    memory_mib: memoryMib ?? null,
    largest_mini_batch: (memoryMib === undefined ? [] : largestMiniBatches(fit, memoryMib)).map((largest) => ({
      input_size_px: largest.inputSizePx,
      mini_batch_size: largest.miniBatchSize,
      rests_on: largest.restsOn.replaceAll(" ", "_"),
      largest_ok: largest.largestOk ?? null,
      smallest_exceeding: largest.smallestExceeding ?? null,
    })),
  };
}

/** A quantity's laws by BIC, and what law and deviation say of each measured cell. */
function lawAsJson({ quantity, observations, law }: QuantityFit) {
  const fitted = law();
  if (fitted === undefined) return [];
  const cells = [...groupBy(observations, cellOf).values()].flatMap(([first]) => first ?? []);
  return {
    quantity,
    noise: fitted.noise,
    noise_tail_degrees: fitted.tail?.degrees ?? null,
    laws: fitted.laws,
    cells: cells.flatMap(({ inputSizePx, miniBatchSize }) => {
      const said = fitted.at(inputSizePx, miniBatchSize);
      if (said === undefined) return [];
      const { low, high } = said.ofProcess(0.9);
      return { input_size_px: inputSizePx, mini_batch_size: miniBatchSize, value: said.value, process_90: [low, high] };
    }),
  };
}

function lackOfFitAsJson({ quantity, lackOfFit }: QuantityFit) {
  const test = lackOfFit();
  if (test === undefined) return [];
  const { f, degrees, pValue, beyondNoise, cells } = test;
  return {
    ...{ quantity, f, degrees, p_value: pValue, beyond_noise: beyondNoise },
    cells: cells.map(({ inputSizePx, miniBatchSize, error, interval }) => ({
      input_size_px: inputSizePx,
      mini_batch_size: miniBatchSize,
      error,
      interval: [interval.low, interval.high],
    })),
  };
}

function functionAsJson(inputSize: number | "all", fitted: FittedFunction) {
  const { quantity, form, formula, latex, coefficients, rSquared, leftOutError, noiseFloor, domain } = fitted;
  const intervals = fitted.coefficientIntervals();
  return {
    input_size_px: inputSize,
    quantity,
    form,
    formula,
    latex,
    coefficients,
    coefficient_intervals: Object.fromEntries(
      Object.entries(intervals).map(([name, { low, high }]) => [name, [low, high]]),
    ),
    r_squared: rSquared,
    left_out_error: leftOutError ?? null,
    noise_floor: noiseFloor ?? null,
    domain: {
      input_size_px: [domain.inputSizePx.low, domain.inputSizePx.high],
      mini_batch_size: [domain.miniBatchSize.low, domain.miniBatchSize.high],
    },
  };
}
