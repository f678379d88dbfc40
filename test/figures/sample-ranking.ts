import { seededRandom } from "../../src/core/seeded-random.js";
import type { DatasetRanking } from "../../src/rank/rank-dataset.js";

const FEATURES = 20;
const ROWS = 30;

/** A ranking of features of which each follows the one before with some noise, so that neighbours are correlated. */
export function sampleRanking(): DatasetRanking {
  const random = seededRandom(11, "sample ranking");
  const groups = Array.from({ length: FEATURES }, (_, index) => ({
    name: `group_${index % 4}/feature_${index}_kib__before`,
    members: Array.from({ length: 1 + (index % 3) }, (_, member) => `feature_${index}_${member}`),
    knownBefore: true,
  }));
  const rows = Array.from({ length: ROWS }, () => {
    let value = random.normal();
    return groups.map(() => {
      value = 0.8 * value + 0.6 * random.normal();
      return value;
    });
  });
  return {
    question: "explain",
    sessions: [],
    ofHarness: new Set(),
    devices: ["cpu-2t"],
    matrix: { groups, rows, dropped: [{ name: "none", reason: "empty" }] },
    ranking: {
      features: groups.map((group, index) => {
        const importance = 0.9 * 0.6 ** index;
        return {
          group,
          rank: index + 1,
          importance,
          interval: { low: 0.7 * importance - 0.001, high: 1.3 * importance + 0.001 },
          rankInterval: { low: index + 1, high: index + 3 },
        };
      }),
      trees: 100,
      outOfBagRSquared: 0.9,
      topSurvival: 0.85,
      stable: true,
    },
    agreement: {
      shared: 13,
      top: 15,
      rankCorrelation: 0.7,
      onlyFirst: [groups[4]?.name ?? "", groups[12]?.name ?? ""],
      onlySecond: [],
    },
    trials: [],
    clusters: [],
    fourParameters: undefined,
  };
}
