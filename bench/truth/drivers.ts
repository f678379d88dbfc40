import { residualDrivers } from "../../src/rank/residual-drivers.js";
import { type PlantedNoise, plantedDrivers } from "../../test/worlds/planted-drivers.js";

const DESIGNS = [
  { cells: 53, trials: 5 },
  { cells: 20, trials: 3 },
  { cells: 12, trials: 2 },
];
const DRIFTS: readonly { readonly name: string; readonly noise: PlantedNoise }[] = [
  { name: "drift 0.9", noise: { drift: { autocorrelation: 0.9, share: 1 } } },
  { name: "drift 0.99", noise: { drift: { autocorrelation: 0.99, share: 1 } } },
  { name: "half of it drift 0.9", noise: { drift: { autocorrelation: 0.9, share: 0.5 } } },
  { name: "half of it drift 0.99", noise: { drift: { autocorrelation: 0.99, share: 0.5 } } },
  { name: "log-normal features, t₃", noise: { heavy: true } },
];
const [LARGE] = DESIGNS;
const WORLDS = [
  { name: "independent", drivers: 0, share: 0, noise: {} },
  ...DRIFTS.flatMap(({ name, noise }) =>
    DESIGNS.map((design) => ({ name, drivers: 0, share: 0, noise: { ...noise, ...design } })),
  ),
  ...[0.1, 0.15, 0.2].map((share) => ({ name: "independent", drivers: 3, share, noise: {} })),
  ...DRIFTS.slice(0, 4).map(({ name, noise }) => ({ name, drivers: 3, share: 0.15, noise: { ...noise, ...LARGE } })),
];

/** How often drivers beside the workload are found, and others with them: a table in Markdown, a world a line. */
export function* driversTable(datasets: number, seed: number): Generator<string> {
  yield "| noise | cells × trials | planted | all found | found on average | datasets with others |";
  yield "|---|---|---|---|---|---|";
  for (const { name, drivers, share, noise } of WORLDS) {
    let [all, found, withOthers] = [0, 0, 0];
    for (let dataset = 0; dataset < datasets; dataset++) {
      const { columns, target, cells, moments } = plantedDrivers(1000 * seed + dataset, drivers, share, noise);
      const chosen = residualDrivers(columns, target, cells, moments).drivers;
      const right = chosen.filter(({ feature }) => feature < drivers).length;
      all += Number(right === drivers);
      found += right;
      withOthers += Number(chosen.length > right);
    }
    const shareOf = (count: number) => `${((100 * count) / datasets).toFixed(1)} %`;
    const [allFound, average] = drivers === 0 ? ["", ""] : [shareOf(all), (found / datasets).toFixed(2)];
    const { cells = 53, trials = 5 }: PlantedNoise = noise;
    const planted = drivers === 0 ? "none" : `${drivers} of ${100 * share} %`;
    yield `| ${name} | ${cells} × ${trials} | ${planted} | ${allFound} | ${average} | ${shareOf(withOthers)} |`;
  }
}
