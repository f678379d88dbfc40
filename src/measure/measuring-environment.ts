/** Families of variables that change how thread pools, the allocator, the runtime or the drawing of Vulkan behave. */
const FAMILIES = /^(OMP|GOMP|KMP|MKL|OPENBLAS|ORT|MALLOC|VK|LIBGL|MESA|CUDA_CACHE|CUDA_MPS)_/;
/** Of families that also hold other things, such as what a Python tool or a container's image is configured with. */
const NAMES: ReadonlySet<string> = new Set([
  "CUDA_DEVICE_MAX_CONNECTIONS",
  "CUDA_DEVICE_ORDER",
  "CUDA_LAUNCH_BLOCKING",
  "CUDA_MODULE_LOADING",
  "CUDA_VISIBLE_DEVICES",
  "GLIBC_TUNABLES",
  "LD_BIND_NOW",
  "LD_PRELOAD",
  "NODE_OPTIONS",
  "NVIDIA_DRIVER_CAPABILITIES",
  "NVIDIA_TF32_OVERRIDE",
  "NVIDIA_VISIBLE_DEVICES",
  "UV_THREADPOOL_SIZE",
  "UV_USE_IO_URING",
]);

/**
 * The variables of the environment that can change a measurement. A value that holds a path says only that it is set:
 * it may name a user.
 *
 * @example measuringEnvironment({ OMP_NUM_THREADS: "2", HOME: "/root" }) // { OMP_NUM_THREADS: "2" }
 */
export function measuringEnvironment(env: NodeJS.ProcessEnv = process.env): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env)
      .filter((entry): entry is [string, string] => isMeant(entry[0]) && entry[1] !== undefined)
      .map(([name, value]): [string, string] => [name, /[/\\]/.test(value) ? "set" : value])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function isMeant(name: string): boolean {
  return NAMES.has(name) || FAMILIES.test(name);
}
