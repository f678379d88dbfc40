import type { Feature } from "./feature.js";

/** Where sources read: the kernel's trees (recorded ones in tests), and the process that is measured. */
export interface Place {
  readonly procRoot: string;
  readonly sysRoot: string;
  readonly pid: number;
}

/** One origin of features: a kernel file, a group of them, or an interface of the runtime. */
export interface Source {
  /** The features that it gives, the same on every machine; rates of counters are added by whoever records. */
  readonly features: readonly Feature[];
  open(place: Place): Reader;
}

/** An opened source. */
export interface Reader {
  /**
   * Writes one number per feature into `values` from `at` on, NaN where there is none. Never throws.
   *
   * @param elapsedMs since the previous read, NaN at the first one
   */
  read(values: Float64Array, at: number, elapsedMs: number): void;
  /** Why its values are missing, undefined where the source itself could be read. */
  problem(): string | undefined;
  close(): void;
}

export const LIVE_ROOTS = { procRoot: "/proc", sysRoot: "/sys" } as const;
