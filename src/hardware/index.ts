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
export { checkSystem, type SystemCheck } from "./system/check-system.js";
export type { CoreFacts, CpuSettings } from "./system/cpu-facts.js";
export type { Found, SYSTEM_VERDICTS, SystemFinding, SystemVerdict, Unknown } from "./system/finding.js";
export type { GpuFacts } from "./system/gpu-facts.js";
export { judgeSystem, type SystemJudgement } from "./system/judge-system.js";
export type { HeatFacts, LimitFacts, MemoryFacts, SwapFacts } from "./system/kernel-facts.js";
export type { BusyProcess, LoadFacts } from "./system/other-load.js";
export type { SystemDocument } from "./system/system-document.js";
export type { SystemFacts } from "./system/system-facts.js";
export type { SliceFacts } from "./system/time-slices.js";
export type { TouchFacts } from "./system/touch-memory.js";
