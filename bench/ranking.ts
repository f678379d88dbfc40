// Compares the ranking with scikit-learn's on the same matrix, in one run: the overlap of the top 15 and the time.
// Needs Debian's python3-sklearn. Run: npm run bench:ranking -- [DIR] [--question explain] [--trees 100] [--json]
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, Option } from "commander";
import { stringify } from "csv-stringify/sync";
import { PACKAGE_ROOT } from "../src/core/package-root.js";
import { compareRankings } from "../src/rank/compare-rankings.js";
import { type Question, rankDataset } from "../src/rank/rank-dataset.js";
import { benchOptions, whole } from "./bench-options.js";

/** What ranking-peer.py prints. */
interface Peer {
  readonly version: string;
  readonly elapsed_s: number;
  readonly r_squared: number;
  readonly importance: Readonly<Record<string, number>>;
}

interface Options {
  readonly question: Question;
  readonly trees: number;
  readonly json?: boolean;
}

const command = new Command("bench:ranking")
  .description("rank what drives warm-up, here and with scikit-learn on the same matrix")
  .argument("[dataset]", "a dataset's folder", join(PACKAGE_ROOT, "data", "reference-cpu"))
  .addOption(new Option("--question <name>", "what may be ranked").choices(["predict", "explain"]).default("predict"))
  .option("--trees <number>", "of the forest", whole(), 100)
  .option("--json", "print one JSON object");
const { question, trees, json } = benchOptions<Options>(command);
const [folder = ""] = command.processedArgs;

const started = performance.now();
const { matrix, ranking, agreement, trials, clusters } = await rankDataset(folder, {
  question,
  trees,
});
const elapsedS = (performance.now() - started) / 1000;

const scratch = mkdtempSync(join(tmpdir(), "batchwise-bench-"));
const names = matrix.groups.map(({ name }) => name);
const path = join(scratch, "matrix.csv");
writeFileSync(
  path,
  stringify([
    ["target", "cluster", ...names],
    ...matrix.rows.map((row, index) => [
      Math.log(trials[index]?.firstInferenceMs ?? Number.NaN),
      clusters[index],
      ...row,
    ]),
  ]),
);
const { stdout, stderr, status } = spawnSync(
  "/usr/bin/python3",
  [join(PACKAGE_ROOT, "bench", "ranking-peer.py"), path, String(trees)],
  { encoding: "utf8" },
);
rmSync(scratch, { recursive: true });
if (status !== 0) {
  console.error(`bench: scikit-learn can't be run, install python3-sklearn\n${stderr}`);
  process.exit(1);
}
const peer = JSON.parse(stdout) as Peer;
const importance = new Map(ranking.features.map((feature) => [feature.group.name, feature.importance]));
const { shared, top, rankCorrelation } = compareRankings(
  names,
  names.map((name) => importance.get(name) ?? 0),
  names.map((name) => peer.importance[name] ?? 0),
);
const result = {
  question,
  rows: matrix.rows.length,
  features: names.length,
  trees: ranking.trees,
  elapsed_s: elapsedS,
  out_of_bag_r_squared: ranking.outOfBagRSquared,
  second_forest_shared: agreement.shared,
  sklearn: peer.version,
  sklearn_elapsed_s: peer.elapsed_s,
  sklearn_r_squared: peer.r_squared,
  top,
  shared,
  rank_correlation: rankCorrelation,
};
if (json) console.log(JSON.stringify(result, null, 2));
else console.table(result);
