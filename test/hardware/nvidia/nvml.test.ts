import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { load } from "koffi";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import { describeGpus } from "../../../src/hardware/machine.js";
import { type CudaEnvironment, openGpuMemory } from "../../../src/hardware/nvidia/gpu-memory.js";
import { gpuFeatures, gpuSource } from "../../../src/hardware/nvidia/gpu-source.js";
import { type Nvml, openNvml } from "../../../src/hardware/nvidia/nvml.js";
import { openPcieThroughput } from "../../../src/hardware/nvidia/pcie-throughput.js";
import { LIVE_ROOTS, type Source } from "../../../src/hardware/reading/source.js";
import { featuresOf, openRecorder } from "../../../src/hardware/sampling/recorder.js";
import { machineSources, samplerSources } from "../../../src/hardware/sampling/sampler-sources.js";
import { readGpus } from "../../../src/hardware/system/gpu-facts.js";

function hasCompiler(): boolean {
  try {
    execFileSync("gcc", ["--version"], { stdio: "ignore" });
    return process.platform === "linux";
  } catch {
    return false;
  }
}

test("a machine without NVML has no GPU, and that is no error", () => {
  assert.equal(openNvml("libno-such-library.so.1"), undefined);
  assert.equal(openGpuMemory("libno-such-library.so.1"), undefined);
});

test("a GPU has at least 60 features, rates not counted", () => {
  const features = gpuFeatures(3);
  assert.ok(features.length >= 60, String(features.length));
  assert.ok(features.every((feature) => feature.name.startsWith("gpu3/") && feature.scope === "device"));
});

describe("with a stand-in for NVML", { skip: !hasCompiler() && "needs gcc and Linux" }, () => {
  const folder = mkdtempSync(join(tmpdir(), "batchwise-nvml-"));
  const path = join(folder, "libstand-in.so");
  const libraries: Nvml[] = [];

  before(() => {
    execFileSync("gcc", ["-shared", "-fPIC", "-o", path, join(PACKAGE_ROOT, "test/fixtures/nvml/stand-in.c")]);
  });
  after(() => {
    for (const library of libraries) library.close();
    rmSync(folder, { recursive: true });
  });

  function open(): Nvml {
    const nvml = openNvml(path);
    assert.ok(nvml);
    libraries.push(nvml);
    return nvml;
  }

  function record(source: Source, pid: number) {
    const recorder = openRecorder([source], { ...LIVE_ROOTS, pid });
    const names = featuresOf([source]).map((feature) => feature.name);
    return {
      recorder,
      read: () => {
        const { values } = recorder.record();
        const found = names.map((name, index) => [name, values[index] ?? Number.NaN] as const);
        return new Map(found.filter(([, value]) => !Number.isNaN(value)));
      },
    };
  }

  test("a check of the system has its clocks, settings and work; of a device that tells nothing, nothing", () => {
    const [first, second] = readGpus(open());
    // The oracle: the numbers in test/fixtures/nvml/stand-in.c.
    assert.deepEqual(first, {
      ...{ smClockMhz: 1001, smClockMaxMhz: 2001, clocksHeld: false, idle: false, persistenceMode: true },
      ...{ utilisationPercent: 87, processes: 3, temperatureC: 66, throttledBy: ["thermal_software", "power_cap"] },
    });
    const { throttledBy, ...untold } = second ?? { throttledBy: [""] };
    assert.deepEqual(throttledBy, []);
    assert.ok(
      Object.values(untold).every((fact) => fact === undefined),
      JSON.stringify(untold),
    );
  });

  test("its values arrive in the features' units", async () => {
    const { read } = record(gpuSource(open(), 0), 42);
    read();
    let found = read();
    while (!found.has("gpu0/pcie_sent_kib_per_s") || !found.has("gpu0/pcie_received_kib_per_s")) {
      await nextTurn(); // PCIe throughput is measured on another thread
      found = read();
    }
    // The oracle: the numbers in test/fixtures/nvml/stand-in.c, in the units of the features.
    const expected: Record<string, number> = {
      framebuffer_total_mib: 8192,
      framebuffer_reserved_mib: 192,
      framebuffer_free_mib: 6000,
      framebuffer_used_mib: 2000,
      bar1_total_mib: 256,
      bar1_free_mib: 250,
      bar1_used_mib: 6,
      utilisation_percent: 87,
      memory_utilisation_percent: 43,
      encoder_utilisation_percent: 11,
      decoder_utilisation_percent: 12,
      jpeg_utilisation_percent: 13,
      optical_flow_utilisation_percent: 14,
      temperature_c: 66,
      temperature_shutdown_c: 100,
      temperature_slowdown_c: 99,
      temperature_memory_max_c: 98,
      temperature_gpu_max_c: 97,
      memory_temperature_c: 71,
      power_w: 123.456,
      power_limit_w: 250,
      power_limit_set_w: 240,
      power_limit_default_w: 260,
      power_limit_min_w: 100,
      power_limit_max_w: 300,
      graphics_clock_mhz: 1000,
      graphics_clock_max_mhz: 2000,
      sm_clock_mhz: 1001,
      sm_clock_max_mhz: 2001,
      memory_clock_mhz: 1002,
      memory_clock_max_mhz: 2002,
      video_clock_mhz: 1003,
      video_clock_max_mhz: 2003,
      throttle_idle: 0,
      throttle_application_clocks: 0,
      throttle_power_cap: 1,
      throttle_hardware_slowdown: 0,
      throttle_sync_boost: 0,
      throttle_thermal_software: 1,
      throttle_thermal_hardware: 0,
      throttle_power_brake: 0,
      throttle_display_clocks: 0,
      held_by_power_ms: 7,
      held_by_heat_ms: 9,
      performance_state: 2,
      pcie_generation: 4,
      pcie_generation_max: 5,
      pcie_width: 16,
      pcie_width_max: 32,
      pcie_replays: 21,
      pcie_sent_kib_per_s: 111,
      pcie_received_kib_per_s: 222,
      pcie_sent_bytes: 5e9,
      nvlink_sent_kib: 88,
      ecc_enabled: 1,
      ecc_corrected_since_boot: 0,
      ecc_corrected_ever: 1,
      ecc_uncorrected_since_boot: 10,
      ecc_uncorrected_ever: 11,
      retired_pages_single_bit: 4,
      retired_pages_double_bit: -5,
      retired_pages_pending: 1,
      remapped_rows_corrected: 1.5,
      remapped_rows_uncorrected: -6,
      remapped_rows_pending: 1,
      mig_enabled: 0,
      mig_gpu_instance: 31,
      mig_compute_instance: 32,
      mig_instances_max: 33,
      persistence_mode: 1,
      compute_mode: 3,
      cores: 5120,
      memory_bus_bits: 384,
      compute_capability_major: 9,
      compute_capability_minor: 6,
      processes: 3,
      process_memory_mib: 300,
      driver_version: 550.54,
      cuda_version: 12.4,
    };
    for (const [name, value] of Object.entries(expected)) {
      const seen = found.get(`gpu0/${name}`) ?? Number.NaN;
      assert.ok(Math.abs(seen - value) < 1e-9, `${name}: ${seen}`);
    }
    const others = [...found.keys()].filter((name) => expected[name.replace("gpu0/", "")] === undefined);
    const rates = others.filter((name) => name.endsWith("_per_s"));
    assert.deepEqual(
      others.filter((name) => !rates.includes(name)),
      ["gpu0/energy_j"],
      "what the stand-in does not tell is empty",
    );
    for (const name of rates.filter((rate) => !rate.includes("energy"))) assert.equal(found.get(name), 0, name);
    assert.ok((found.get("gpu0/energy_j") ?? 0) > 5_000_000_000, "the stand-in's meter counts its readings");
    assert.ok((found.get("gpu0/energy_j_per_s") ?? 0) > 0);
  });

  test("what a device does not support is empty and asked once, also by a later watch", () => {
    const nvml = open();
    const fanCalls = nvml.statusFunction(["stand_in_fan_calls"], []);
    const callsBefore = fanCalls?.() ?? Number.NaN;
    const source = gpuSource(nvml, 0);
    for (let watch = 0; watch < 3; watch++) {
      const { read, recorder } = record(source, 1);
      for (let sample = 0; sample < 3; sample++) assert.equal(read().get("gpu0/fan_percent"), undefined);
      assert.ok(recorder.unavailable().some(({ name }) => name === "gpu0/fan_percent"));
      recorder.close();
    }
    assert.equal((fanCalls?.() ?? Number.NaN) - callsBefore, 1);
  });

  test("what can't change is asked once, what changes slowly once a second, the rest for every sample", () => {
    const nvml = open();
    const calls = (what: string) => nvml.statusFunction([`stand_in_${what}`], [])?.() ?? Number.NaN;
    const counts = () => [calls("core_calls"), calls("width_calls"), calls("energy_calls")];
    const source = gpuSource(nvml, 0);
    const before = counts();
    const growth = () => counts().map((count, index) => count - (before[index] ?? 0));
    const reader = source.open({ ...LIVE_ROOTS, pid: 42 });
    const values = new Float64Array(source.features.length);
    const read = (elapsedMs: number) => reader.read(values, 0, elapsedMs);
    read(Number.NaN);
    assert.deepEqual(growth(), [1, 1, 1]);
    for (const elapsedMs of [400, 400, 199]) read(elapsedMs);
    assert.deepEqual(growth(), [1, 1, 4]);
    read(1);
    assert.deepEqual(growth(), [1, 2, 5]);
    const width = source.features.findIndex(({ name }) => name === "gpu0/pcie_width");
    read(10);
    assert.equal(values[width], 16, "what was asked before stays");
    // Of twelve field values one is never supported; another that was lost for a moment is asked again.
    assert.equal(calls("field_values_asked"), 11);
    const received = source.features.findIndex(({ name }) => name === "gpu0/pcie_received_bytes");
    assert.ok(Number.isNaN(values[received]));
  });

  test("PCIe traffic is not measured again while it is, nor where a device has none", async () => {
    const own = join(folder, "libown.so"); // counts for itself: measurements of the tests before may still be under way
    copyFileSync(path, own);
    const nvml = openNvml(own);
    assert.ok(nvml);
    libraries.push(nvml);
    const calls = () => nvml.statusFunction(["stand_in_throughput_calls"], [])?.() ?? Number.NaN;
    const of = (index: number) => openPcieThroughput(nvml, nvml.device(index) ?? 0n);
    const before = calls();
    const first = of(0);
    for (let ask = 0; ask < 5; ask++) first.ask();
    while (Number.isNaN(first.sentKibPerS) || Number.isNaN(first.receivedKibPerS)) await nextTurn();
    assert.equal(calls() - before, 2, "one measurement in each direction");
    first.ask();
    while (calls() - before < 4) await nextTurn();
    assert.deepEqual([first.sentKibPerS, first.receivedKibPerS], [111, 222]);
    const other = of(1);
    other.ask();
    while (calls() - before < 6) await nextTurn();
    for (let turn = 0; turn < 50; turn++) await nextTurn();
    other.ask();
    for (let turn = 0; turn < 50; turn++) await nextTurn();
    assert.equal(calls() - before, 6);
    assert.ok(Number.isNaN(other.sentKibPerS));
  });

  test("texts end at their zero byte, and versions are read as numbers", () => {
    const nvml = open();
    const device = nvml.device(0);
    assert.equal(nvml.text("nvmlDeviceGetName", device), "Stand-in GPU");
    assert.equal(nvml.text("nvmlSystemGetDriverVersion"), "550.54.15");
    assert.equal(nvml.text("nvmlNoSuchCall"), undefined);
    assert.equal(nvml.deviceCount, 2);
    assert.equal(nvml.cudaVersion, 12.4);
    assert.equal(nvml.device(2), undefined);
  });

  test("a machine's description names its devices, their memory, driver and CUDA version", () => {
    const gpu = { model: "Stand-in GPU", memoryMib: 8192, driver: "550.54.15", cudaVersion: 12.4 };
    assert.deepEqual(describeGpus(openNvml(path)), [gpu, { ...gpu, memoryMib: 4096 }]);
  });

  test("a device that supports little gives what it has", () => {
    const found = record(gpuSource(open(), 1), 42).read();
    assert.equal(found.get("gpu1/framebuffer_used_mib"), 2000);
    assert.equal(found.get("gpu1/power_w"), undefined);
    assert.equal(found.get("gpu1/process_memory_mib"), undefined);
  });

  test("a device that can't be reached has a reason for every feature", () => {
    const source = gpuSource(open(), 7);
    const recorder = openRecorder([source], { ...LIVE_ROOTS, pid: 42 });
    recorder.record();
    recorder.record();
    const unavailable = recorder.unavailable();
    assert.equal(unavailable.length, featuresOf([source]).length);
    assert.equal(unavailable[0]?.reason, "NVML can't reach device 7");
  });

  test("an older driver answers under its older names and with its older layouts", () => {
    const old = join(folder, "libold.so");
    const standIn = join(PACKAGE_ROOT, "test/fixtures/nvml/stand-in.c");
    execFileSync("gcc", ["-shared", "-fPIC", "-DOLD_DRIVER", "-o", old, standIn]);
    const nvml = openNvml(old);
    assert.deepEqual([nvml?.deviceCount, nvml?.cudaVersion], [2, 12.4]);
    nvml?.close();
    const memory = openGpuMemory(old);
    assert.deepEqual(
      [42, 41, 43].map((pid) => memory?.ofProcessMib(pid)),
      [300, 100, undefined],
    );
    assert.equal(memory?.ofUsedDeviceMib({}), 4096);
    memory?.close();
  });

  test("the sampler watches the devices asked for, or all", () => {
    const nvml = open();
    const gpus = (indices?: readonly number[]) => [
      ...new Set(
        featuresOf(samplerSources("linux", nvml, indices)).flatMap(({ name }) => name.match(/^gpu\d+(?=\/)/) ?? []),
      ),
    ];
    assert.deepEqual(gpus(), ["gpu0", "gpu1"]);
    assert.deepEqual(gpus([1]), ["gpu1"]);
    assert.deepEqual(gpus([]), []);
    assert.deepEqual(samplerSources("linux", undefined), machineSources("linux"));
    assert.deepEqual(samplerSources("linux", nvml, []), machineSources("linux"));
  });

  test("memory budgets see a process's memory on all devices", () => {
    const memory = openGpuMemory(path);
    assert.equal(memory?.ofProcessMib(42), 300);
    assert.equal(memory?.ofProcessMib(999), 0);
    assert.equal(memory?.ofProcessMib(43), undefined, "the system does not tell");
    memory?.close();
  });

  test("a memory budget that is looked at every few milliseconds keeps the library open", () => {
    const library = load(path);
    const [inits, shutdowns] = ["standInInits", "standInShutdowns"].map((name) => library.func(name, "int", []));
    const before = [inits?.(), shutdowns?.()];
    const memory = openGpuMemory(path);
    for (let look = 0; look < 50; look++) memory?.ofProcessMib(42);
    assert.deepEqual([inits?.(), shutdowns?.()], [before[0] + 1, before[1]]);
    memory?.close();
    assert.deepEqual([inits?.(), shutdowns?.()], [before[0] + 1, before[1] + 1]);
  });

  test("memory budgets see the device that a model runs on, and the least where that is not known", () => {
    const inBusOrder = { CUDA_DEVICE_ORDER: "PCI_BUS_ID" };
    const cases: [environment: CudaEnvironment, memoryMib: number | undefined][] = [
      [{}, 4096], // the first device has 8192, the second 4096, and CUDA counts the faster one first
      [inBusOrder, 8192],
      [{ ...inBusOrder, CUDA_VISIBLE_DEVICES: "1,0" }, 4096],
      [{ ...inBusOrder, CUDA_VISIBLE_DEVICES: " 0" }, 8192],
      [{ CUDA_VISIBLE_DEVICES: "0" }, 4096],
      [{ CUDA_VISIBLE_DEVICES: "GPU-a1b2" }, 8192],
      [{ CUDA_VISIBLE_DEVICES: "GPU-a1ffffff-0000,GPU-a1b2" }, 4096],
      [{ CUDA_VISIBLE_DEVICES: "GPU-ffff" }, undefined],
      [{ CUDA_VISIBLE_DEVICES: "MIG-1234" }, 4096],
      [{ CUDA_VISIBLE_DEVICES: "2" }, undefined],
      [{ CUDA_VISIBLE_DEVICES: "-1" }, undefined],
      [{ CUDA_VISIBLE_DEVICES: "" }, undefined],
    ];
    for (const [environment, memoryMib] of cases) {
      const memory = openGpuMemory(path);
      assert.equal(memory?.ofUsedDeviceMib(environment), memoryMib, JSON.stringify(environment));
      memory?.close();
    }
  });
});
