import { groupBy } from "../../core/group-by.js";
import { UserError } from "../../core/user-error.js";
import type { Provenance } from "../data-package.js";
import type { MergeSource } from "./merge-source.js";

type RunProvenance = Provenance["runs"][number];

/**
 * The provenance of what several datasets are together: every run with its host, machine, versions and time in the
 * order of their starts, and all features that any of them recorded.
 *
 * @throws UserError if two say different things of one run, or of one feature
 */
export function mergedProvenance(sources: readonly Pick<MergeSource, "name" | "data">[]): Provenance {
  const described = sources.flatMap(({ name, data: { provenance } }) =>
    provenance.runs.map((run) => ({ name, run: { ...ownOf(provenance), ...run } })),
  );
  const runs = [...groupBy(described, ({ run }) => run.run_id).values()].map(sameRun).toSorted(byStart);
  const first = sources.find(({ data }) => data.provenance.runs.some(({ run_id }) => run_id === runs[0]?.run_id));
  if (first === undefined) throw new UserError(`dataset ${sources[0]?.name}: has no run`);
  const { shard: _, ...base } = first.data.provenance;
  return {
    ...base,
    ...(runs[0]?.machine !== undefined && { machine: runs[0].machine }),
    ...(runs[0]?.versions !== undefined && { versions: runs[0].versions }),
    ...(runs[0]?.git_commit !== undefined && { git_commit: runs[0].git_commit }),
    features: mergedFeatures(sources),
    unavailable_features: base.unavailable_features.filter(({ name }) =>
      sources.every(({ data }) => data.provenance.unavailable_features.some((other) => other.name === name)),
    ),
    runs,
  };
}

/** What a run says of itself, or its dataset says of all. */
function ownOf({ machine, versions, git_commit }: Pick<Provenance, "machine" | "versions" | "git_commit">) {
  return { machine, versions, ...(git_commit !== undefined && { git_commit }) };
}

/** One run as several datasets have it: copies of before it ended know less of it. */
function sameRun(copies: readonly { readonly name: string; readonly run: RunProvenance }[]): RunProvenance {
  const [last, ...others] = copies.toSorted((a, b) => compare(b.run.ended_at ?? "", a.run.ended_at ?? ""));
  if (last === undefined) throw new Error("a run without a dataset");
  for (const { name, run } of others) {
    if (withoutEnd(run) === withoutEnd(last.run)) continue;
    throw new UserError(`dataset ${name}: says something else of run ${run.run_id} than ${last.name}`);
  }
  return last.run;
}

function withoutEnd({ ended_at: _, finished: _known, ...run }: RunProvenance): string {
  return JSON.stringify(Object.entries(run).toSorted(([a], [b]) => compare(a, b)));
}

function byStart(a: RunProvenance, b: RunProvenance): number {
  return compare(a.started_at ?? "", b.started_at ?? "") || compare(a.run_id, b.run_id);
}

/** In the order of all datasets where that is one, else by name, so that no order of the datasets shows. */
function mergedFeatures(sources: readonly Pick<MergeSource, "name" | "data">[]): Provenance["features"] {
  const byName = new Map<string, Provenance["features"][number]>();
  const orders = new Set<string>();
  for (const { name: dataset, data } of sources) {
    const { features } = data.provenance;
    orders.add(JSON.stringify(features.map(({ name }) => name)));
    for (const feature of features) {
      const known = byName.get(feature.name);
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(feature)) {
        throw new UserError(`dataset ${dataset}: its feature ${feature.name} is not what another dataset's is`);
      }
      byName.set(feature.name, feature);
    }
  }
  const all = [...byName.values()];
  return orders.size === 1 ? all : all.toSorted((a, b) => compare(a.name, b.name));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
