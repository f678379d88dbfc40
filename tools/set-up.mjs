// Set-up before every command: locked dependencies, build, Jupyter where none is found. Plain JavaScript without
// dependencies, because it runs before there are any. Each step is skipped while what it depends on has not changed.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";
import { digestOf } from "./digest-of.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const WITH_JUPYTER = !process.argv.includes("--without-jupyter");
const [MAJOR = 0, MINOR = 0] = process.versions.node.split(".").map(Number);

if (MAJOR < 20 || (MAJOR === 20 && MINOR < 19)) {
  fail(`Node.js ${process.versions.node}: too old, allowed are 20.19 and later`);
}
step(
  "dependencies",
  join(ROOT, "node_modules", ".batchwise-set-up"),
  ["package-lock.json", "package.json", ".npmrc"],
  () => {
    run("npm", ["ci", "--no-audit", "--no-fund"], "npm ci");
  },
);
const failure = build(ROOT, () => process.stderr.write("set-up: build\n"));
if (failure !== undefined) fail(`the TypeScript build failed\n${failure}`);
if (WITH_JUPYTER) {
  setUpDebian({
    name: "Jupyter",
    probe: ["jupyter", ["nbconvert", "--version"]],
    packages: ["jupyter-nbconvert", "jupyter-notebook", "python3-ipykernel"],
    needs: "the notebooks need",
  });
}
if (process.argv.includes("--with-test-tools")) {
  const schema = join("tools", "kubernetes-schema");
  step(
    "Kubernetes' schemas",
    join(ROOT, schema, "node_modules", ".batchwise-set-up"),
    ["package-lock.json", "package.json"].map((name) => join(schema, name)),
    () => {
      run("npm", ["ci", "--prefix", schema, "--no-audit", "--no-fund"], `npm ci --prefix ${schema}`);
    },
  );
  for (const [name, probe, packages] of [
    ["GLPK", ["glpsol", ["--version"]], ["glpk-utils"]],
    ["CBC", ["cbc", ["-quit"]], ["coinor-cbc"]],
    ["lp_solve", ["sh", ["-c", "command -v lp_solve"]], ["lp-solve"]],
    ["protoc", ["protoc", ["--version"]], ["protobuf-compiler"]],
    ["jsonschema", ["/usr/bin/python3", ["-c", "import jsonschema, yaml"]], ["python3-jsonschema", "python3-yaml"]],
  ]) {
    setUpDebian({ name, probe, packages, needs: "the tests of exported plans need" });
  }
  for (const [name, probe, packages] of [
    ["Chromium", ["chromium", ["--version"]], ["chromium"]],
    ["LaTeX", ["pdflatex", ["--version"]], ["texlive-latex-base", "texlive-latex-recommended"]],
  ]) {
    setUpDebian({ name, probe, packages, needs: "the tests of figures and notebooks need" });
  }
  const slurm = "PATH=$PATH:/usr/sbin; for name in munged slurmctld slurmd sbatch; do command -v $name || exit 1; done";
  for (const [name, probe, packages] of [
    ["Slurm", ["sh", ["-c", slurm]], ["slurmctld", "slurmd", "slurm-client", "munge"]],
    ["Snakemake", ["sh", ["-c", "command -v snakemake"]], ["snakemake"]],
  ]) {
    // Beside Snakemake 140 more packages are recommended.
    const options = ["--no-install-recommends"];
    setUpDebian({ name, probe, packages, options, needs: "the tests of many machines need" });
  }
}

/** Runs `act` unless the inputs are those of the last time it succeeded. */
function step(name, stamp, inputs, act) {
  const digest = digestOf(ROOT, inputs);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return;
  process.stderr.write(`set-up: ${name}\n`);
  act();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
}

/**
 * Installs Debian packages where a command is missing. Nothing else needs them, so a machine where they can't be
 * installed goes on.
 */
function setUpDebian({ name, probe, packages, needs, options = [] }) {
  if (works(...probe)) return;
  const skipped = join(ROOT, "node_modules", `.batchwise-no-${name.toLowerCase()}`);
  if (existsSync(skipped)) return;
  process.stderr.write(`set-up: ${name}\n`);
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  const apt = (...args) => works(...split([...sudo, "apt-get", ...args]), { DEBIAN_FRONTEND: "noninteractive" });
  const install = () => apt("install", "-y", "-q", ...options, ...packages);
  if (install() || (apt("update", "-q") && install())) return;
  writeFileSync(skipped, "");
  process.stderr.write(`set-up: ${name} could not be installed; ${needs} it, nothing else does\n`);
}

function split([command, ...args]) {
  return [command, args];
}

function works(command, args, env = {}) {
  return spawnSync(command, args, { stdio: "ignore", env: { ...process.env, ...env } }).status === 0;
}

function run(command, args, what) {
  // What npm prints on success is of no interest; on failure it is all shown.
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: ROOT, encoding: "utf8" });
  if (status !== 0) fail(`${what} failed\n${error?.message ?? ""}${stdout ?? ""}${stderr ?? ""}`);
}

function fail(message) {
  process.stderr.write(`set-up: ${message}\n`);
  process.exit(1);
}
