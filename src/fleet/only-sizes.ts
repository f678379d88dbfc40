import type { Fleet } from "./fleet.js";

/** The one mini-batch size of a type of device for a workload, by their places in a fleet. */
export interface OnlySize {
  readonly type: number;
  readonly workload: number;
  readonly miniBatchSize: number;
}

/** A fleet in which some types use one mini-batch size only for a workload. */
export function withOnlySizes(fleet: Fleet, only: readonly OnlySize[]): Fleet {
  const sizeOf = (type: number, workload: number) =>
    only.find((one) => one.type === type && one.workload === workload)?.miniBatchSize;
  return {
    ...fleet,
    types: (basis, start) =>
      fleet.types(basis, start).map((device, type) => ({
        ...device,
        choices: device.choices.map((table, workload) => {
          const size = sizeOf(type, workload);
          return size === undefined ? table : table.filter(({ miniBatchSize }) => miniBatchSize === size);
        }),
      })),
  };
}
