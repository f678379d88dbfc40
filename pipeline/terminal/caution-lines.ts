import { deviceName } from "../../src/design/design.js";
import type { DeviceFit } from "../../src/fit/device-fit.js";
import { type LawCaution, lawCautions } from "../../src/fit/law-cautions.js";

/**
 * What is to be known of the laws of devices before their answers are trusted, one line a law; of several devices with
 * name.
 */
export function cautionLines(fits: readonly DeviceFit[]): string[] {
  return fits.flatMap((fit) =>
    lawCautions(fit).map(({ message }) => `caution: ${fits.length > 1 ? `${deviceName(fit.device)}, ` : ""}${message}`),
  );
}

/** The same for a program. */
export function cautionsAsJson(fit: DeviceFit) {
  return lawCautions(fit).map(({ quantity, noise, leftOutError, worstCell, message }) => ({
    ...{ device: deviceName(fit.device), quantity },
    noise: noise ?? null,
    left_out_error: leftOutError ?? null,
    worst_cell: worstCell === undefined ? null : missedAsJson(worstCell),
    message,
  }));
}

function missedAsJson({
  inputSizePx,
  miniBatchSize,
  measuredOverPredicted,
  cells,
  of,
}: NonNullable<LawCaution["worstCell"]>) {
  return {
    ...{ input_size_px: inputSizePx, mini_batch_size: miniBatchSize },
    measured_over_predicted: measuredOverPredicted,
    missed_cells: cells,
    cells: of,
  };
}
