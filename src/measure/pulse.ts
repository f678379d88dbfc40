import { deferred } from "../core/deferred.js";
import { type DeviceConfiguration, deviceName } from "../design/design.js";
import { endInWords, type StartedProcess, startProcess } from "../processes/start-process.js";
import { ensureModelFile } from "./model-file.js";
import type { PulseEvent, PulseReading, PulseRequest, PulseSpec } from "./pulse-protocol.js";

const ENTRY = new URL("./pulse-process.js", import.meta.url);
/** The same in every dataset, so that machines can be told apart by it. */
const MODEL = "efficientnet-b0";
/** A reading takes a tenth of a second, and the first one some seconds on a GPU. */
const TIMEOUT_MS = 60_000;

/** A process that waits for requests. */
class KeptProcess {
  private answer = deferred<PulseReading | undefined>();
  private failure: string | undefined;
  private readonly process: StartedProcess;

  /** @returns undefined if it did not get ready, which `onFailure` is told */
  static async start(
    device: DeviceConfiguration,
    cores: readonly number[] | undefined,
    onFailure: (detail: string) => void,
  ): Promise<KeptProcess | undefined> {
    const kept = new KeptProcess(device, cores, onFailure);
    await kept.answered();
    return kept.failure === undefined ? kept : undefined;
  }

  private constructor(
    device: DeviceConfiguration,
    cores: readonly number[] | undefined,
    private readonly onFailure: (detail: string) => void,
  ) {
    const { provider, threads } = device;
    const spec: PulseSpec = { modelPath: ensureModelFile(MODEL), provider, threads };
    this.process = startProcess<PulseEvent>(ENTRY, spec, {
      label: `pulse of ${deviceName(device)}`,
      cores,
      withInput: true,
      onEvent: (event) => this.hear(event),
    });
    this.process.ended.then((end) => this.fail(endInWords(end)));
  }

  /** @returns undefined if it has ended, or does now for want of an answer */
  async ask(request: PulseRequest): Promise<PulseReading | undefined> {
    if (this.failure !== undefined) return undefined;
    this.answer = deferred();
    this.process.child.stdin?.write(`${request}\n`);
    return this.answered();
  }

  /** Its end is then no failure. */
  async close(): Promise<void> {
    this.failure ??= "closed";
    this.process.child.stdin?.end();
    this.process.child.kill("SIGKILL"); // it holds nothing that has to be kept
    await this.process.ended;
  }

  private hear(event: PulseEvent): void {
    if (event.event === "failed") this.fail(event.detail);
    else this.answer.resolve(event.event === "reading" ? event : undefined);
  }

  private fail(detail: string): void {
    if (this.failure === undefined) this.onFailure(detail);
    this.failure ??= detail;
    this.answer.resolve(undefined);
  }

  private async answered(): Promise<PulseReading | undefined> {
    const late = setTimeout(() => {
      this.fail(`no answer within ${TIMEOUT_MS / 1000} s`);
      this.process.child.kill("SIGKILL");
    }, TIMEOUT_MS);
    try {
      return await this.answer.promise;
    } finally {
      clearTimeout(late);
    }
  }
}

/**
 * How fast the machine is just now: the same small inference in a kept process, so that what differs from reading to
 * reading is the machine. Owns a process for each device configuration that it was asked of.
 */
export class Pulse {
  private readonly beating = new Map<string, Promise<KeptProcess | undefined>>();

  /** @param onFailure told once for each device whose pulse can't be taken, with the reason in one line */
  constructor(private readonly onFailure: (detail: string) => void) {}

  /**
   * @param cores of the device; undefined for all
   * @returns undefined where it can't be taken on this device
   */
  async read(
    device: DeviceConfiguration,
    cores: readonly number[] | undefined,
    request: PulseRequest,
  ): Promise<PulseReading | undefined> {
    const name = deviceName(device);
    const kept = this.beating.get(name) ?? KeptProcess.start(device, cores, this.onFailure);
    this.beating.set(name, kept);
    const reading = await (await kept)?.ask(request);
    if (reading === undefined) this.beating.set(name, Promise.resolve(undefined));
    return reading;
  }

  async close(): Promise<void> {
    await Promise.all([...this.beating.values()].map(async (kept) => (await kept)?.close()));
  }
}
