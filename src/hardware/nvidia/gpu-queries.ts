import { bytes, counter, ecc, type GpuQuery, gauge, one, reason, violation } from "./gpu-query.js";

const CLOCKS = ["graphics", "sm", "memory", "video"];

/** What is asked of each device, besides the field values and the processes. Layouts: nvml.h of NVML 13. */
export const GPU_QUERIES: readonly GpuQuery[] = [
  {
    pace: "sample",
    names: ["nvmlDeviceGetMemoryInfo_v2"],
    outputs: [40],
    version: 40 | (2 << 24),
    fields: [
      bytes("framebuffer_total_mib", 8, "Memory of the device."),
      bytes("framebuffer_reserved_mib", 16, "Memory that driver and firmware keep for themselves."),
      bytes("framebuffer_free_mib", 24, "Memory in no use."),
      bytes("framebuffer_used_mib", 32, "Memory given to programs."),
    ],
  },
  {
    pace: "sample",
    names: ["nvmlDeviceGetBAR1MemoryInfo"],
    outputs: [24],
    fields: [
      bytes("bar1_total_mib", 0, "Window through which the host sees the device's memory (BAR1)."),
      bytes("bar1_free_mib", 8, "Part of that window in no use."),
      bytes("bar1_used_mib", 16, "Part of that window in use."),
    ],
  },
  {
    pace: "sample",
    names: ["nvmlDeviceGetUtilizationRates"],
    outputs: [8],
    fields: [
      gauge("utilisation_percent", "%", "Share of the last period in which a kernel ran."),
      gauge("memory_utilisation_percent", "%", "Share of the last period in which memory was accessed.", { offset: 4 }),
    ],
  },
  ...[
    ["Encoder", "encoder"],
    ["Decoder", "decoder"],
    ["Jpg", "jpeg"],
    ["Ofa", "optical_flow"],
  ].map(
    ([call, name]): GpuQuery => ({
      pace: "sample",
      names: [`nvmlDeviceGet${call}Utilization`],
      outputs: [4, 4],
      fields: [gauge(`${name}_utilisation_percent`, "%", `Share of the last period in which the ${name} unit worked.`)],
    }),
  ),
  one("sample", "nvmlDeviceGetTemperature", gauge("temperature_c", "°C", "Temperature of the chip."), 0),
  ...["shutdown", "slowdown", "memory_max", "gpu_max"].map((name, threshold) =>
    one(
      "once",
      "nvmlDeviceGetTemperatureThreshold",
      gauge(`temperature_${name}_c`, "°C", `Threshold of the temperature: ${name.replace("_", " ")}.`),
      threshold,
    ),
  ),
  one("sample", "nvmlDeviceGetPowerUsage", gauge("power_w", "W", "Power drawn now.", { scale: 1e-3 })),
  one(
    "second",
    "nvmlDeviceGetEnforcedPowerLimit",
    gauge("power_limit_w", "W", "Power limit that holds now.", { scale: 1e-3 }),
  ),
  one(
    "second",
    "nvmlDeviceGetPowerManagementLimit",
    gauge("power_limit_set_w", "W", "Power limit that was set.", { scale: 1e-3 }),
  ),
  one(
    "once",
    "nvmlDeviceGetPowerManagementDefaultLimit",
    gauge("power_limit_default_w", "W", "Power limit of the maker.", { scale: 1e-3 }),
  ),
  {
    pace: "once",
    names: ["nvmlDeviceGetPowerManagementLimitConstraints"],
    outputs: [4, 4],
    fields: [
      gauge("power_limit_min_w", "W", "Lowest power limit that can be set.", { scale: 1e-3 }),
      gauge("power_limit_max_w", "W", "Highest power limit that can be set.", { scale: 1e-3, output: 1 }),
    ],
  },
  {
    pace: "sample",
    names: ["nvmlDeviceGetTotalEnergyConsumption"],
    outputs: [8],
    fields: [counter("energy_j", "J", "Energy since the driver was loaded.", { type: "u64", scale: 1e-3 })],
  },
  ...CLOCKS.flatMap((name, clock) => [
    one("sample", "nvmlDeviceGetClockInfo", gauge(`${name}_clock_mhz`, "MHz", `Clock: ${name}.`), clock),
    one("once", "nvmlDeviceGetMaxClockInfo", gauge(`${name}_clock_max_mhz`, "MHz", `Fastest clock: ${name}.`), clock),
  ]),
  {
    pace: "sample",
    names: ["nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons"],
    outputs: [8],
    fields: [
      reason("idle", 0x1n, "Clocks are low because there is no work."),
      reason("application_clocks", 0x2n, "Clocks are held at what was set."),
      reason("power_cap", 0x4n, "Clocks are lowered to stay below the power limit."),
      reason("hardware_slowdown", 0x8n, "The hardware halves the clocks, for heat or power."),
      reason("sync_boost", 0x10n, "Clocks are held at those of another device."),
      reason("thermal_software", 0x20n, "The driver lowers the clocks for heat."),
      reason("thermal_hardware", 0x40n, "The hardware lowers the clocks for heat."),
      reason("power_brake", 0x80n, "The power supply asks for lower clocks."),
      reason("display_clocks", 0x100n, "Clocks are held for a display."),
    ],
  },
  violation("power", 0, "Time that the power limit held the clocks down."),
  violation("heat", 1, "Time that heat held the clocks down."),
  violation("sync_boost", 2, "Time that another device held the clocks down."),
  violation("board", 3, "Time that the board's limit held the clocks down."),
  violation("low_utilisation", 4, "Time that lack of work held the clocks down."),
  violation("reliability", 5, "Time that the voltage's limit held the clocks down."),
  one("sample", "nvmlDeviceGetPerformanceState", gauge("performance_state", "1", "0 is fastest, 15 slowest.")),
  one("second", "nvmlDeviceGetCurrPcieLinkGeneration", gauge("pcie_generation", "1", "PCIe generation now.")),
  one("second", "nvmlDeviceGetCurrPcieLinkWidth", gauge("pcie_width", "1", "PCIe lanes now.")),
  one("once", "nvmlDeviceGetMaxPcieLinkGeneration", gauge("pcie_generation_max", "1", "Highest PCIe generation.")),
  one("once", "nvmlDeviceGetMaxPcieLinkWidth", gauge("pcie_width_max", "1", "Most PCIe lanes.")),
  one("second", "nvmlDeviceGetPcieReplayCounter", counter("pcie_replays", "1", "PCIe packets sent again.")),
  one("second", "nvmlDeviceGetFanSpeed", gauge("fan_percent", "%", "Fan speed.")),
  {
    pace: "once",
    names: ["nvmlDeviceGetEccMode"],
    outputs: [4, 4],
    fields: [{ ...gauge("ecc_enabled", "1", "Memory errors are corrected."), kind: "flag" }],
  },
  ecc("ecc_corrected_since_boot", 0, 0, "Corrected memory errors since the driver was loaded."),
  ecc("ecc_uncorrected_since_boot", 1, 0, "Uncorrected memory errors since the driver was loaded."),
  ecc("ecc_corrected_ever", 0, 1, "Corrected memory errors of the device's life."),
  ecc("ecc_uncorrected_ever", 1, 1, "Uncorrected memory errors of the device's life."),
  {
    pace: "once",
    names: ["nvmlDeviceGetMigMode"],
    outputs: [4, 4],
    fields: [{ ...gauge("mig_enabled", "1", "The device can be split into instances."), kind: "flag" }],
  },
  one("once", "nvmlDeviceGetGpuInstanceId", gauge("mig_gpu_instance", "1", "Number of the GPU instance (MIG).")),
  one("once", "nvmlDeviceGetComputeInstanceId", gauge("mig_compute_instance", "1", "Number of the compute instance.")),
  one("once", "nvmlDeviceGetMaxMigDeviceCount", gauge("mig_instances_max", "1", "Most instances (MIG).")),
  one("once", "nvmlDeviceGetPersistenceMode", {
    ...gauge("persistence_mode", "1", "The driver stays loaded without programs."),
    kind: "flag",
  }),
  one("once", "nvmlDeviceGetComputeMode", gauge("compute_mode", "1", "0: shared, 2: prohibited, 3: one process.")),
  one("once", "nvmlDeviceGetNumGpuCores", gauge("cores", "1", "CUDA cores.")),
  one("once", "nvmlDeviceGetMemoryBusWidth", gauge("memory_bus_bits", "bit", "Width of the memory bus.")),
  {
    pace: "once",
    names: ["nvmlDeviceGetCudaComputeCapability"],
    outputs: [4, 4],
    fields: [
      gauge("compute_capability_major", "1", "CUDA compute capability, before the dot."),
      gauge("compute_capability_minor", "1", "CUDA compute capability, after the dot.", { output: 1 }),
    ],
  },
];
