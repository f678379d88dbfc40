import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../../src/core/package-root.js";
import type { FeasiblePlan, PlannedDevice } from "../../../src/plan/answer/plan-outcome.js";
import type { ServedModel, ServedType } from "../../../src/plan/answer/served-model.js";

const FOLDER = join(PACKAGE_ROOT, "test", "fixtures", "serving");
/** With jsonschema and yaml; undefined where there is none. */
export const PYTHON = ["/usr/bin/python3", "python3"].find(
  (python) => spawnSync(python, ["-c", "import jsonschema, yaml"]).status === 0,
);

/** For a test's `skip`. */
export const WITHOUT_PROTOC =
  spawnSync("protoc", ["--version"]).status === 0
    ? false
    : "protoc is not installed (Debian package protobuf-compiler)";
export const WITHOUT_JSONSCHEMA =
  PYTHON === undefined
    ? "jsonschema and yaml for Python are not installed (Debian packages python3-jsonschema, python3-yaml)"
    : false;

/**
 * A config.pbtxt as protoc understands it by Triton's schema, in its own words.
 *
 * @throws AssertionError if it does not fit the schema
 */
export function checkedConfig(config: string): string {
  const encoded = protoc("--encode", config);
  assert.equal(encoded.status, 0, `${encoded.stderr}\n${config}`);
  return protoc("--decode", encoded.stdout).stdout.toString("utf8");
}

function protoc(what: string, input: string | Buffer) {
  return spawnSync("protoc", [`${what}=inference.ModelConfig`, `--proto_path=${FOLDER}`, "model_config.proto"], {
    input,
  });
}

/** The part of an InferenceService that tests look at. */
export interface InferenceService {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly predictor: {
      readonly minReplicas: number;
      readonly maxReplicas: number;
      readonly batcher: { readonly maxBatchSize: number; readonly maxLatency: number };
      readonly model: {
        readonly storageUri: string;
        readonly resources?: Readonly<Record<"requests" | "limits", Readonly<Record<string, string>>>>;
      };
    };
  };
}

/**
 * InferenceServices as PyYAML understands them.
 *
 * @throws AssertionError if one does not fit KServe's schema
 */
export function checkedServices(yaml: string): InferenceService[] {
  const done = spawnSync(
    PYTHON ?? "python3",
    [join(FOLDER, "validate_services.py"), join(FOLDER, "inference-service.json")],
    { input: yaml, encoding: "utf8" },
  );
  assert.equal(done.status, 0, `${done.stderr}\n${yaml}`);
  return JSON.parse(done.stdout);
}

/** A plan of these devices; each one that is given stands for `times` alike. */
export function planOf(...devices: (Partial<PlannedDevice> & { readonly times?: number })[]): FeasiblePlan {
  const all = devices.flatMap(({ times = 1, ...device }) =>
    Array.from({ length: times }, () => {
      const { miniBatchSize = 8, furtherMiniBatches = 9 } = device;
      const images = (furtherMiniBatches + 1) * miniBatchSize;
      return {
        type: "gpu",
        workload: "images",
        miniBatchSize,
        furtherMiniBatches,
        images,
        finishUs: 1_000_000,
        ...device,
      };
    }),
  );
  const images = all.reduce((sum, device) => sum + device.images, 0);
  return { status: "optimal", devices: all, images, finishUs: 1_000_000, solver: "test", proven: true, bound: images };
}

/** A model of which this is known, by the type's name. */
export function modelOf(types: Readonly<Record<string, ServedType>>, names: Partial<ServedModel> = {}): ServedModel {
  return {
    name: "classifier",
    storageUri: "pvc://models/classifier",
    typeOf: (type) => types[type] ?? { kind: "gpu" },
    ...names,
  };
}

export const INPUT = { name: "images", type: "float32", dims: [3, 224, 224] } as const;

/** Names that would end a string, a comment or a line, if they were not escaped. */
export const HOSTILE = [
  'a"b',
  "back\\slash",
  "line\nmax_batch_size: 7\n",
  "carriage\rreturn",
  "} # */ ' --- \t",
  "next\u0085line\u2028separator",
  "nul\0 escape\u001b[31m",
  "ümläut 测 😀",
  "lone \ud800 half",
] as const;
