/** Variables that change how the runtime, its thread pools, the allocator or Node.js behave. */
const VARIABLES =
  /^(OMP|GOMP|KMP|MKL|OPENBLAS|ORT|CUDA|NVIDIA|TF32|MALLOC|GLIBC|UV|LD_PRELOAD|LD_BIND_NOW|NODE_OPTIONS|VK|LIBGL|MESA)(_|$)/;

/**
 * The variables of the environment that can change a measurement. A value that holds a path says only that it is set: it may
 * name a user.
 *
 * @example measuringEnvironment({ OMP_NUM_THREADS: "2", HOME: "/root" }) // { OMP_NUM_THREADS: "2" }
 */
export function measuringEnvironment(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env)
      .filter((entry): entry is [string, string] => VARIABLES.test(entry[0]) && entry[1] !== undefined)
      .map(([name, value]): [string, string] => [name, /[/\\]/.test(value) ? "set" : value])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
