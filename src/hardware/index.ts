/**
 * What the machine is doing, without what measures models.
 *
 * @module batchwise/monitor
 */

export { describeMachine, type GpuDescription, type MachineDescription } from "./machine.js";
export type { Feature, FeatureKind, FeatureScope } from "./reading/feature.js";
export { type HardwareMonitor, type HardwareSample, startHardwareMonitor } from "./sampling/monitor.js";
export type { UnavailableFeature } from "./sampling/recorder.js";
export type { SamplerOptions } from "./sampling/sampler-messages.js";
