import type { SystemFinding } from "./finding.js";
import type { TouchFacts } from "./touch-memory.js";

/**
 * A page that costs more makes most of a warm-up: 2 µs on one host of a processor, 10 µs on another of the same name.
 */
const DEAR_US = 5;
/** Touches that differ by more are not one price. */
const UNSTEADY = 2;
/** With fewer faults for a page the kernel gives huge ones; without any it does not count them. */
const HUGE_PAGE_FAULTS = 0.5;

/**
 * What fresh memory costs, which is most of a first inference on a CPU.
 *
 * @param isBusy whether others used the machine: then a dear page may be their doing
 */
export function judgePage({ usPerPage, medianUsPerPage, faultsPerPage }: TouchFacts, isBusy: boolean): SystemFinding {
  const name = "fresh page";
  const price = `${medianUsPerPage.toPrecision(2)} µs for 4 KiB${faultsPerPage > 0 && faultsPerPage < HUGE_PAGE_FAULTS ? ", in huge pages" : ""}`;
  const [least, most] = [Math.min(...usPerPage), Math.max(...usPerPage)];
  const isDear = medianUsPerPage > DEAR_US;
  if (isDear && !isBusy) {
    return {
      ...{ name, about: "machine", verdict: "caution", found: `${price}: most of a first inference will be that` },
      remedy: "compare first inferences on this host only: on another one pages may be five times as cheap",
    };
  }
  if (isDear || most > UNSTEADY * least) {
    return {
      ...{ name, about: "moment", verdict: "caution" },
      found: isBusy
        ? `${price}, beside other work`
        : `${price}, from ${least.toPrecision(2)} to ${most.toPrecision(2)} µs`,
      remedy: "look again when nothing else runs: first inferences vary with it",
    };
  }
  return { name, about: "machine", verdict: "good", found: price };
}
