import { posix } from "node:path";
import { shellWords } from "../core/shell-words.js";
import { UserError } from "../core/user-error.js";
import { finishLines } from "./finish-lines.js";
import { MOST_RETRIES, type ShardJobs, sweepArguments } from "./shard-jobs.js";
import { yamlDocuments } from "./yaml-documents.js";

/** Where the design is put in the container. */
const DESIGN_FOLDER = "/design";
/** The design's file there. */
export const DESIGN_IN_CONTAINER = `${DESIGN_FOLDER}/design.json`;

/** `<name>-finish-<five characters>` is the name of a pod and so of its host: at most 63 characters. */
const LONGEST_NAME = 63 - "-finish-12345".length;
/** A file in a ConfigMap: 1 MiB with all that is beside it. */
const LARGEST_DESIGN_BYTES = 1_000_000;

/** What a user chooses of the cluster's. */
export interface KubernetesChoices {
  /** The container's image, as in registry.example/batchwise:0.1.0. */
  readonly image: string;
  /** The claim of a volume that all pods write to (ReadWriteMany), and where it stands in the container. */
  readonly claim: string;
  readonly mount: string;
  /** The text of the design's file, with paths as they are in the container. */
  readonly designText: string;
}

/** Numbered from 0 by Kubernetes, from 1 by us. */
const SHARD = '"$((JOB_COMPLETION_INDEX + 1))/';

/**
 * The design, an Indexed Job of its shards, and a Job that merges, checks, fits and reports, which is suspended until a
 * user lets it go: Kubernetes has no job that waits for another.
 *
 * An index whose sweep ends with 2, wrong input, fails at once; another failure begins it again, three times at most;
 * a pod that is evicted does not count.
 *
 * Source: Kubernetes API 1.30, batch/v1 Job; its documentation of pod failure policies and of expansion in arguments
 * @throws UserError if a name is longer than Kubernetes allows
 */
export function kubernetesManifest(jobs: ShardJobs, choices: KubernetesChoices): string {
  const { name, shards, parallelism, exclusive, timeLimitMin } = jobs;
  const { designText } = choices;
  if (name.length > LONGEST_NAME || name.endsWith("-")) {
    throw new UserError(`name ${name}: allowed are ${LONGEST_NAME} characters at most, the last no dash`);
  }
  if (Buffer.byteLength(designText) > LARGEST_DESIGN_BYTES) {
    throw new UserError(`design: ${Buffer.byteLength(designText)} bytes, allowed are ${LARGEST_DESIGN_BYTES} at most`);
  }
  const labels = { "app.kubernetes.io/name": "batchwise", "app.kubernetes.io/instance": name };
  const metadata = { labels };
  return yamlDocuments([
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name, labels }, data: { "design.json": designText } },
    {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name, labels },
      spec: {
        completionMode: "Indexed",
        completions: shards,
        parallelism: parallelism ?? shards,
        backoffLimitPerIndex: MOST_RETRIES,
        podFailurePolicy: {
          rules: [
            { action: "FailIndex", onExitCodes: { containerName: "shard", operator: "In", values: [2] } },
            { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
          ],
        },
        template: {
          metadata,
          spec: {
            ...podSpec(jobs, choices, "shard", `exec ${shellWords(sweepArguments(jobs))} ${SHARD}${shards}"`),
            activeDeadlineSeconds: 60 * timeLimitMin,
            ...(exclusive && { affinity: apart(labels) }),
          },
        },
      },
    },
    {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: finishName(jobs), labels },
      spec: {
        suspend: true,
        backoffLimit: MOST_RETRIES,
        template: { metadata, spec: podSpec(jobs, choices, "finish", finishLines(jobs).join("\n")) },
      },
    },
  ]);
}

/** What a user types when all shards are done, as words. */
export function finishOfKubernetes(jobs: ShardJobs): readonly (readonly string[])[] {
  return [
    ["kubectl", "wait", "--for=condition=complete", "--timeout=-1s", `job/${jobs.name}`],
    ["kubectl", "patch", `job/${finishName(jobs)}`, "--patch", '{"spec":{"suspend":false}}'],
  ];
}

/**
 * A path as the container has it.
 *
 * @throws UserError if it is not on the volume
 */
export function onVolume(what: string, path: string, mount: string): string {
  const inside = posix.relative(mount, path);
  if (path === mount || (inside !== ".." && !inside.startsWith("../"))) return path;
  throw new UserError(`${what} ${path}: not on the volume, allowed are paths in ${mount}`);
}

function finishName({ name }: ShardJobs): string {
  return `${name}-finish`;
}

function podSpec({ name, resources }: ShardJobs, choices: KubernetesChoices, container: string, script: string) {
  const { image, claim, mount } = choices;
  const { cores, gpus, memoryMib } = resources;
  const amounts = {
    cpu: String(cores),
    ...(memoryMib !== undefined && { memory: `${memoryMib}Mi` }),
    ...(gpus > 0 && { "nvidia.com/gpu": String(gpus) }),
  };
  return {
    restartPolicy: "Never",
    containers: [
      {
        name: container,
        image,
        command: ["bash", "-c", script].map(unexpanded),
        ...(container === "shard" && { resources: { requests: amounts, limits: amounts } }),
        volumeMounts: [
          { name: "design", mountPath: DESIGN_FOLDER, readOnly: true },
          { name: "data", mountPath: mount },
        ],
      },
    ],
    volumes: [
      { name: "design", configMap: { name } },
      { name: "data", persistentVolumeClaim: { claimName: claim } },
    ],
  };
}

/** No two pods of these labels on one machine. */
function apart(matchLabels: Readonly<Record<string, string>>) {
  const term = { labelSelector: { matchLabels }, topologyKey: "kubernetes.io/hostname" };
  return { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
}

/** Kubernetes puts variables in place of `$(NAME)` in commands, and one dollar in place of two. */
function unexpanded(argument: string): string {
  return argument.replaceAll("$", "$$$$");
}
