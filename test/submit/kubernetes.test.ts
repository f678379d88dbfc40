import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { shellWords } from "../../src/core/shell-words.js";
import { readPart } from "../../src/dataset/part-file.js";
import { trialsTable } from "../../src/dataset/tables.js";
import { plannedTrials } from "../../src/design/cells.js";
import { readDesign } from "../../src/design/design.js";
import { refusal } from "../pipeline/refusal.js";
import { PYTHON, WITHOUT_JSONSCHEMA } from "../plan/answer/serving-schemas.js";
import { writeTinyDesign } from "./tiny-design.js";

const CLI = join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js");
const folder = mkdtempSync(join(tmpdir(), "batchwise-kubernetes-"));
after(() => rmSync(folder, { recursive: true }));
const volume = join(folder, "a volume: $(HOME) $HOME\n\u2028---");
mkdirSync(volume);
const design = writeTinyDesign(volume, 1);
const asked = (...more: string[]) => [
  ...["submit", "kubernetes", "--design", design, "--shards", "2", "--image", 'registry.example/b"atch:1'],
  ...["--claim", "data", "--mount", volume, ...more],
];

function submit(args: readonly string[], env = process.env): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: "utf8", env });
  assert.equal(status, 0, stderr);
  return stdout;
}

interface Mount {
  readonly name: string;
  readonly mountPath: string;
}

interface PodSpec {
  readonly containers: readonly {
    readonly command: readonly string[];
    readonly volumeMounts: readonly Mount[];
    readonly resources?: unknown;
  }[];
  readonly activeDeadlineSeconds?: number;
  readonly affinity?: unknown;
}

interface Job {
  readonly kind: "Job";
  readonly spec: Readonly<Record<string, unknown>> & { readonly template: { readonly spec: PodSpec } };
}

interface ConfigMap {
  readonly kind: "ConfigMap";
  readonly data: Readonly<Record<string, string>>;
}

/** The documents of a manifest as PyYAML reads them: YAML 1.1, as Kubernetes' own reader. */
function parsed(manifest: string): [ConfigMap, Job, Job] {
  const program = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(sys.stdin.buffer))))";
  const { status, stdout, stderr } = spawnSync(PYTHON ?? "python3", ["-c", program], {
    input: manifest,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

/**
 * What Kubernetes runs for a command: variables in place of `$(NAME)`, one dollar in place of two.
 *
 * Source: k8s.io/kubernetes/third_party/forked/golang/expansion/expand.go
 */
function expanded(argument: string, variables: Readonly<Record<string, string>>): string {
  return argument.replaceAll(/\$(?:\$|\(([^)]*)\))/g, (match, name?: string) =>
    match === "$$" ? "$" : name === undefined ? match : (variables[name] ?? match),
  );
}

/** Runs a job's container here: its volume is a folder of this machine, and its design one, too. */
function runContainer({ spec }: Job, configuration: ConfigMap, variables: Readonly<Record<string, string>>) {
  const [container] = spec.template.spec.containers;
  assert.ok(container);
  const designFolder = container.volumeMounts.find(({ name }) => name === "design")?.mountPath ?? "";
  assert.equal(designFolder, "/design");
  const mounted = mkdtempSync(join(folder, "design-"));
  for (const [name, text] of Object.entries(configuration.data)) writeFileSync(join(mounted, name), text);
  const programs = join(folder, "bin");
  mkdirSync(programs, { recursive: true });
  writeFileSync(join(programs, "batchwise"), `#!/bin/bash\nexec ${shellWords([process.execPath, CLI])} "$@"\n`, {
    mode: 0o755,
  });
  const [program = "", ...args] = container.command
    .map((argument) => expanded(argument, { HOME: "/expanded", ...variables }))
    .map((argument) => argument.replaceAll("/design/design.json", join(mounted, "design.json")));
  const env = { ...process.env, PATH: `${programs}${delimiter}${process.env.PATH}`, ...variables };
  return spawnSync(program, args, { encoding: "utf8", env, cwd: folder });
}

test("each index measures its shard, a wrong design ends with the code that fails an index, and the last job merges", {
  skip: WITHOUT_JSONSCHEMA,
  timeout: 120_000,
}, () => {
  const [configuration, shards, finish] = parsed(submit(asked()));
  const policy = shards.spec.podFailurePolicy as { rules: [{ action: string; onExitCodes: { values: number[] } }] };
  const wrong = { ...configuration, data: { "design.json": "{}" } };
  const refused = runContainer(shards, wrong, { JOB_COMPLETION_INDEX: "0" });
  assert.deepEqual(policy.rules[0].onExitCodes.values, [refused.status], refused.stderr);
  assert.equal(policy.rules[0].action, "FailIndex");
  for (const index of ["0", "1"]) {
    const done = runContainer(shards, configuration, { JOB_COMPLETION_INDEX: index });
    assert.equal(done.status, 0, done.stderr);
    assert.match(done.stdout, new RegExp(`of shard ${Number(index) + 1}/2 in `));
  }
  const finished = runContainer(finish, configuration, {});
  assert.equal(finished.status, 0, finished.stderr);
  const rows = readPart(join(volume, "tiny", "whole"), trialsTable).map(({ trialId }) => trialId);
  assert.deepEqual(
    rows.toSorted(),
    plannedTrials(readDesign(design))
      .map(({ trialId }) => trialId)
      .toSorted(),
  );
});

const SCHEMAS = join(PACKAGE_ROOT, "tools", "kubernetes-schema");
const WITHOUT_SCHEMAS =
  WITHOUT_JSONSCHEMA ||
  (existsSync(join(SCHEMAS, "node_modules"))
    ? false
    : "kubernetes-models is not installed (npm ci --prefix tools/kubernetes-schema)");

test("every value of the manifest is what Kubernetes' published schemas allow", { skip: WITHOUT_SCHEMAS }, () => {
  const schemasFor = createRequire(join(SCHEMAS, "package.json"));
  const wrongIn = (module: string, value: { readonly kind: string }): string => {
    const { [value.kind]: Model } = schemasFor(`kubernetes-models/${module}/${value.kind}`) as Readonly<
      Record<string, new (value: unknown) => { validate(): void }>
    >;
    if (Model === undefined) return `no schema of ${value.kind}`;
    try {
      new Model(value).validate();
      return "";
    } catch (error) {
      return String(error);
    }
  };
  for (const more of [[], ["--parallelism", "1", "--no-exclusive", "--time-limit", "90s"]]) {
    const [configuration, ...jobs] = parsed(submit(asked(...more)));
    assert.equal(wrongIn("v1", configuration), "");
    for (const job of jobs) assert.equal(wrongIn("batch/v1", job), "");
    const [shards] = jobs;
    const half = { ...shards, spec: { ...shards.spec, completions: 2.5 } };
    assert.match(wrongIn("batch/v1", half), /spec\/completions must be integer/);
    const { template: _, ...without } = shards.spec;
    assert.match(wrongIn("batch/v1", { ...shards, spec: without } as typeof shards), /required property template/);
    assert.match(
      wrongIn("v1", { ...configuration, data: { "design.json": 1 } } as unknown as ConfigMap),
      /data\/data\/design.json must be string/,
    );
  }
});

test("the manifest is what Kubernetes' published types allow, field by field", { skip: WITHOUT_JSONSCHEMA }, () => {
  const [configuration, ...jobs] = parsed(
    submit(asked("--parallelism", "1", "--no-exclusive", "--time-limit", "90s", "--out", "elsewhere")),
  );
  const project = mkdtempSync(join(PACKAGE_ROOT, "node_modules", ".batchwise-manifest-"));
  try {
    const typed = (type: string, value: unknown) => `${type} = ${JSON.stringify(value)};`;
    const file = join(project, "manifest.ts");
    const problemsOf = (lines: readonly string[]) => {
      const heads = ['import type { Job } from "kubernetes-types/batch/v1.js";'];
      writeFileSync(
        file,
        [...heads, 'import type { ConfigMap } from "kubernetes-types/core/v1.js";', ...lines].join("\n"),
      );
      const compiler = join(PACKAGE_ROOT, "node_modules", "typescript", "bin", "tsc");
      const options = ["--noEmit", "--strict", "--module", "nodenext", "--ignoreConfig"];
      return spawnSync(process.execPath, [compiler, ...options, file], { encoding: "utf8", cwd: project }).stdout;
    };
    const lines = [
      typed("export const a: ConfigMap", configuration),
      typed("export const b: Job", jobs[0]),
      typed("export const c: Job", jobs[1]),
    ];
    assert.equal(problemsOf(lines), "");
    const mistaken = lines.map((line) => line.replace('"completionMode"', '"completionMood"'));
    assert.match(problemsOf(mistaken), /'"completionMood"' does not exist in type 'JobSpec'/);
  } finally {
    rmSync(project, { recursive: true });
  }
  const { template, ...spec } = jobs[0].spec;
  assert.deepEqual(
    [spec.completionMode, spec.completions, spec.parallelism, spec.backoffLimitPerIndex],
    ["Indexed", 2, 1, 3],
  );
  const amounts = { cpu: "1", memory: "1524Mi" };
  assert.deepEqual(template.spec.containers[0]?.resources, { requests: amounts, limits: amounts });
  assert.deepEqual([template.spec.activeDeadlineSeconds, template.spec.affinity], [120, undefined]);
  assert.match(template.spec.containers[0]?.command[2] ?? "", /elsewhere\/shards/);
  assert.ok(
    parsed(submit(asked()))[1].spec.template.spec.affinity,
    "unless said otherwise each has a machine of its own",
  );
});

test("--run gives kubectl the manifest, and says what to type when the shards are done", () => {
  const programs = join(folder, "fake");
  mkdirSync(programs);
  const given = join(folder, "given");
  const kubectl = `#!/bin/bash\nprintf '%s\\n' "$*" >${given}\ncat >>${given}\necho job created\n`;
  writeFileSync(join(programs, "kubectl"), kubectl, { mode: 0o755 });
  const env = { ...process.env, PATH: `${programs}${delimiter}${process.env.PATH}` };
  const told = submit(asked("--run"), env);
  assert.equal(readFileSync(given, "utf8"), `apply -f -\n${submit(asked())}`);
  assert.match(told, /^job created\nwhen all shards are done:\nkubectl wait .*\nkubectl patch /);
  const { name, text, submitted } = JSON.parse(submit(asked("--json")));
  assert.deepEqual([name, text, submitted], ["batchwise-tiny", submit(asked()), []]);
});

test("what can't run in the cluster is refused", async () => {
  const other = ["submit", "kubernetes", "--design", design, "--shards", "2", "--image", "a", "--claim", "b"];
  assert.match(await refusal(other), /^model .*mean\.onnx: not on the volume, allowed are paths in \/data$/s);
  assert.match(await refusal([...other, "--mount", "data"]), /^--mount data: allowed are paths from the root$/);
  assert.match(await refusal(asked("--out", "../elsewhere")), /^--out .*elsewhere: not on the volume/s);
  assert.match(await refusal(asked("--shards", "0")), /^--shards /);
  const long = join(volume, "long.json");
  writeFileSync(long, JSON.stringify({ ...JSON.parse(readFileSync(design, "utf8")), name: "a".repeat(41) }));
  assert.match(await refusal(asked("--design", long)), /^name batchwise-a+: allowed are 50 characters at most/);
});
