import type { Fleet } from "./fleet.js";

/** The one mini-batch size of a type of device for a workload, by their places in a fleet; undefined: none of all. */
export interface OnlySize {
  readonly type: number;
  readonly workload: number;
  readonly miniBatchSize: number | undefined;
}

/** A fleet in which some types use one mini-batch size only for a workload, or none. */
export function withOnlySizes(fleet: Fleet, only: readonly OnlySize[]): Fleet {
  return {
    ...fleet,
    types: (basis, start) =>
      fleet.types(basis, start).map((device, type) => ({
        ...device,
        choices: device.choices.map((table, workload) => {
          const own = only.find((one) => one.type === type && one.workload === workload);
          return own === undefined ? table : table.filter(({ miniBatchSize }) => miniBatchSize === own.miniBatchSize);
        }),
      })),
  };
}
