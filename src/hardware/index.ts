// batchwise/monitor: what the machine is doing, without what measures models.

export { describeMachine, type MachineDescription } from "./machine.js";
export type { Feature } from "./reading/feature.js";
export { type HardwareMonitor, type HardwareSample, startHardwareMonitor } from "./sampling/monitor.js";
