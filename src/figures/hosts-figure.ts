import type { HostLevel } from "../fit/host-levels.js";
import type { Figure } from "./figure.js";
import { ratioPanels, type VerdictLook } from "./ratio-panels.js";
import { SHAPES } from "./theme.js";

const PANELS = [
  { quantity: "latency", heading: "(a) Latency L" },
  { quantity: "warmup", heading: "(b) Warm-up W" },
] as const;
const LOOKS: readonly VerdictLook[] = [
  { verdict: "alike", colour: 2, shape: SHAPES[0] },
  { verdict: "apart", colour: 1, shape: SHAPES[2] },
];

/**
 * How many times as long each host takes as the one with most trials, with 95 % intervals.
 *
 * @returns undefined where nothing says how far hosts are apart
 */
export function hostsFigure(levels: readonly HostLevel[]): Figure | undefined {
  const [first] = levels;
  const data = levels.flatMap(({ host, verdict, ...level }) =>
    PANELS.flatMap(({ quantity }) => {
      const known = level[quantity];
      return known === undefined ? [] : [{ quantity, host, verdict, ratio: known.ratio, ...known.interval }];
    }),
  );
  if (first === undefined || data.length === 0) return undefined;
  const rows = [...new Set(data.map(({ host }) => host))];
  return {
    name: "hosts",
    title: `Hosts beside host ${first.host}, on the cells that several hosts measured`,
    notes: [
      "Marks are factors of latency and warm-up by least squares, with an effect of each cell and host.",
      "Bars are 95 % intervals, of all hosts and both quantities together; a host is apart where one leaves out 1.",
    ],
    data,
    ...ratioPanels({ panels: PANELS, data, looks: LOOKS, title: "Times the first host", field: "host", rows }),
  };
}
