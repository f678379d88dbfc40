import { residualDrivers, withinCells } from "../../src/rank/residual-drivers.js";
import { plantedDrivers } from "../../test/worlds/planted-drivers.js";

const PLANTED = [
  { drivers: 0, share: 0 },
  { drivers: 3, share: 0.1 },
  { drivers: 3, share: 0.15 },
  { drivers: 3, share: 0.2 },
];

/** How often drivers beside the workload are found, and others with them: a table in Markdown, a world a line. */
export function* driversTable(datasets: number, seed: number): Generator<string> {
  yield "| planted | share of the rest, each | all found | found on average | datasets with others |";
  yield "|---|---|---|---|---|";
  for (const { drivers, share } of PLANTED) {
    let [all, found, withOthers] = [0, 0, 0];
    for (let dataset = 0; dataset < datasets; dataset++) {
      const { columns, target, cells } = plantedDrivers(1000 * seed + dataset, drivers, share);
      const chosen = residualDrivers(
        columns.map((column) => withinCells(column, cells)),
        withinCells(target, cells),
        new Set(cells).size,
      );
      const right = chosen.filter(({ feature }) => feature < drivers).length;
      all += Number(right === drivers);
      found += right;
      withOthers += Number(chosen.length > right);
    }
    const shareOf = (count: number) => `${((100 * count) / datasets).toFixed(1)} %`;
    const [allFound, average] = drivers === 0 ? ["", ""] : [shareOf(all), (found / datasets).toFixed(2)];
    yield `| ${drivers} | ${100 * share} % | ${allFound} | ${average} | ${shareOf(withOthers)} |`;
  }
}
