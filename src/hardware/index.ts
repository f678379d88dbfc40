// batchwise/monitor: what the machine is doing, without what measures models.

export type { Feature } from "./feature.js";
export { describeMachine, type MachineDescription } from "./machine.js";
export { type HardwareMonitor, type HardwareSample, startHardwareMonitor } from "./monitor.js";
