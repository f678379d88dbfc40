import { join, posix, resolve } from "node:path";
import { Command } from "commander";
import { counted } from "../../src/core/counted.js";
import { writeFileDurably } from "../../src/core/json-file.js";
import { makeFolder } from "../../src/core/make-folder.js";
import { PACKAGE_ROOT } from "../../src/core/package-root.js";
import { shellWords } from "../../src/core/shell-words.js";
import { parseDurationMs } from "../../src/core/units.js";
import { UserError } from "../../src/core/user-error.js";
import { isEfficientNetName } from "../../src/model/efficientnet-layers.js";
import { runProgram } from "../../src/processes/run-program.js";
import { readDesignToRun } from "../../src/submit/design-to-run.js";
import {
  DESIGN_IN_CONTAINER,
  finishOfKubernetes,
  kubernetesManifest,
  onVolume,
} from "../../src/submit/kubernetes-manifest.js";
import { logsFolder, mergedFolder, type ShardJobs, shardJobs } from "../../src/submit/shard-jobs.js";
import { afterShards, slurmScripts, slurmSubmission } from "../../src/submit/slurm-scripts.js";
import { snakefile } from "../../src/submit/snakefile.js";
import { parseInteger } from "../arguments.js";
import { OUTPUT, REQUIRED, withHelpOfAll } from "../terminal/command-help.js";
import { printResult } from "../terminal/terminal.js";

interface SubmitFlags {
  design: string;
  shards: string;
  out?: string;
  parallelism?: string;
  timeLimit?: string;
  exclusive: boolean;
  run?: boolean;
  json?: boolean;
}

interface KubernetesFlags extends SubmitFlags {
  image: string;
  claim: string;
  mount: string;
}

/** This installation, for machines that see the same files. */
const THIS_PROGRAM = [process.execPath, join(PACKAGE_ROOT, "dist", "pipeline", "batchwise.js")];

/** `batchwise submit`: the shards of a design as jobs of the engine that is there. */
export function submitCommand(): Command {
  const submit = new Command("submit").description(
    "print the shards of a design as jobs of a scheduler, or submit them",
  );
  withOptions(
    submit.command("slurm").description("a script that submits an array of the shards and what follows on them"),
  )
    .option("--run", "submit with sbatch in place of printing")
    .action((flags: SubmitFlags) => submitSlurm(flags));
  withOptions(
    submit
      .command("kubernetes")
      .description("the manifest of an Indexed Job of the shards and a Job of what follows on them")
      .optionsGroup(REQUIRED)
      .requiredOption("--image <name>", "the container's image")
      .requiredOption("--claim <name>", "the claim of a volume that all pods write to"),
    "default: on the volume, by the design's name",
  )
    .option("--mount <dir>", "where the volume stands in the container", "/data")
    .option("--run", "submit with kubectl in place of printing")
    .action((flags: KubernetesFlags) => submitKubernetes(flags));
  withOptions(
    submit.command("snakemake").description("a Snakefile with a rule for the shards and one for what follows"),
  )
    .option("--run", "write it to the folder and run snakemake on this machine in place of printing")
    .action((flags: SubmitFlags) => submitSnakemake(flags));
  const asked = "--design pipeline/designs/reference.json --shards 8";
  const inCluster = "--image registry.example/batchwise:0.1.0 --claim measurements";
  return withHelpOfAll(submit, "docs/many-machines.md", {
    slurm: [`submit slurm ${asked}`, `submit slurm ${asked} --parallelism 4 --time-limit 2h --run`],
    kubernetes: [
      `submit kubernetes ${asked} ${inCluster}`,
      `submit kubernetes ${asked} ${inCluster} --out /data/reference --run`,
    ],
    snakemake: [`submit snakemake ${asked}`, `submit snakemake ${asked} --out data/reference-shards --run`],
  });
}

function withOptions(command: Command, whereTo = "default: data/ and the design's name"): Command {
  return command
    .optionsGroup(REQUIRED)
    .requiredOption("--design <file>", "the design, a JSON file")
    .requiredOption("--shards <number>", "into how many parts it is cut")
    .optionsGroup("Jobs:")
    .option("--out <dir>", `the folder of shards, merged dataset and logs; ${whereTo}`)
    .option("--parallelism <number>", "run so many shards at a time at most")
    .option("--time-limit <time>", "of a shard, as in 2h; default: three times the estimate and ten minutes")
    .option("--no-exclusive", "let other jobs run on a shard's machine meanwhile")
    .optionsGroup(OUTPUT)
    .option("--json", "print one JSON object");
}

function submitSlurm(flags: SubmitFlags): void {
  const jobs = jobsHere(flags);
  const scripts = slurmScripts(jobs);
  tellSubmission(flags, jobs, slurmSubmission(scripts), () => {
    const shards = runProgram({ program: "sbatch", args: ["--parsable"], input: scripts.shards }).trim();
    const args = ["--parsable", ...afterShards(shards)];
    const finish = runProgram({ program: "sbatch", args, input: scripts.finish }).trim();
    return [
      `submitted ${counted(jobs.shards, "shard")} as job ${shards}, and as job ${finish} what follows on them`,
      `what they print: ${logsFolder(jobs)}; the merged dataset will be ${mergedFolder(jobs)}`,
    ];
  });
}

function submitKubernetes(flags: KubernetesFlags): void {
  const { image, claim } = flags;
  const mount = posix.normalize(flags.mount);
  if (!posix.isAbsolute(mount)) throw new UserError(`--mount ${flags.mount}: allowed are paths from the root`);
  const { design, text: designText } = readDesignToRun(flags.design);
  const { model, images } = design;
  if (!isEfficientNetName(model)) onVolume("model", model, mount);
  if (images !== undefined) onVolume("images", images, mount);
  const folder = onVolume("--out", posix.resolve(mount, flags.out ?? design.name), mount);
  const asked = { program: ["batchwise"], designPath: DESIGN_IN_CONTAINER, folder };
  const jobs = shardJobs(design, { ...asked, ...numbersOf(flags) });
  const then = finishOfKubernetes(jobs).map(shellWords);
  const comments = ["When all shards are done, let go what follows on them:", ...then].map((line) => `# ${line}\n`);
  const text = `${comments.join("")}${kubernetesManifest(jobs, { image, claim, mount, designText })}`;
  tellSubmission(flags, jobs, text, () => {
    const applied = runProgram({ program: "kubectl", args: ["apply", "-f", "-"], input: text });
    return [...applied.trim().split("\n"), "when all shards are done:", ...then];
  });
}

function submitSnakemake(flags: SubmitFlags): void {
  const jobs = jobsHere(flags);
  const text = snakefile(jobs);
  tellSubmission(flags, jobs, text, () => {
    makeFolder(jobs.folder);
    const path = join(jobs.folder, "Snakefile");
    writeFileDurably(path, text);
    const atATime = jobs.exclusive ? ["--resources", `machine=${jobs.parallelism ?? 1}`] : [];
    const args = ["--snakefile", path, "--cores", "all", ...atATime, "--keep-going"];
    runProgram({ program: "snakemake", args });
    return [`the merged dataset and its report are in ${mergedFolder(jobs)}`];
  });
}

/** The jobs on machines that see the files of this one under the same paths. */
function jobsHere(flags: SubmitFlags): ShardJobs {
  const { design } = readDesignToRun(flags.design);
  const folder = resolve(flags.out ?? join("data", design.name));
  const asked = { program: THIS_PROGRAM, designPath: resolve(flags.design), folder };
  return shardJobs(design, { ...asked, ...numbersOf(flags) });
}

function numbersOf({ shards, parallelism, timeLimit, exclusive }: SubmitFlags) {
  return {
    shards: parseInteger("--shards", shards),
    parallelism: parallelism === undefined ? undefined : parseInteger("--parallelism", parallelism),
    timeLimitMs: timeLimit === undefined ? undefined : parseDurationMs(timeLimit, "--time-limit"),
    exclusive,
  };
}

/** Prints the jobs, or submits them and prints what came of it. */
function tellSubmission(
  { json, run }: SubmitFlags,
  jobs: ShardJobs,
  text: string,
  submitted: () => readonly string[],
): void {
  if (!run && !json) {
    process.stdout.write(text);
    return;
  }
  const lines = run ? submitted() : [];
  const { name, shards, folder, resources, exclusive, timeLimitMin } = jobs;
  printResult(
    json,
    () => ({
      ...{ name, shards, folder, cores: resources.cores, gpus: resources.gpus },
      ...{ memory_mib: resources.memoryMib ?? null, exclusive, time_limit_min: timeLimitMin, text, submitted: lines },
    }),
    () => lines,
  );
}
