import { isAsGood } from "../src/decide/decision-question.js";
import { LATENCY_WORLDS } from "../test/worlds/latency-worlds.js";
import { randomQuestion } from "./decide/asked.js";
import { fullGrid } from "./decide/full-grid.js";
import { simulatedDevice } from "./decide/simulated-device.js";
import { untilDecided } from "./decide/until-decided.js";

const spells = Number(process.argv[2] ?? 0),
  withPulse = process.argv[3] === "pulse",
  count = Number(process.argv[4] ?? 416);
let n = 0,
  rep = 0,
  s = 0,
  dec = 0,
  right = 0,
  share = 0,
  own = 0,
  worst = 0,
  regS = 0,
  regG = 0,
  trials = 0;
const byWorld: Record<string, number[]> = {};
const t0 = Date.now();
for (let i = 0; i < count; i++) {
  const worlds = Object.keys(LATENCY_WORLDS);
  const world = worlds[i % worlds.length]!;
  const objective = ((i / worlds.length) | 0) % 2 === 0 ? "images" : ("devices" as const);
  const device = simulatedDevice({
    world,
    inputSizePx: [128, 224, 320][i % 3]!,
    noise: [0.05, 0.1, 0.15][((i / 3) | 0) % 3]!,
    spells,
    withPulse,
    withEdge: i % 4 === 0,
    seed: 1000 + i,
  });
  const { question, trueCapacity } = randomQuestion(device, objective as "images" | "devices", i);
  const replay = { device, question, budgetMs: 0.09 * device.gridMs, seed: i };
  const best = Math.max(...trueCapacity.values());
  const regret = (b: number) => 1 - (trueCapacity.get(b) ?? 0) / best;
  const g1 = regret(fullGrid(replay, "one").miniBatchSize),
    g2 = regret(fullGrid(replay, "two").miniBatchSize);
  const c = untilDecided(replay);
  const rs = regret(c.miniBatchSize);
  const spent = c.outcomes.reduce((a, o) => a + o.durationMs, 0);
  n++;
  rep += +(g2 <= g1 + 0.02);
  s += +(rs <= g1 + 0.02);
  dec += +c.decided;
  regS += rs;
  regG += g1;
  trials += c.outcomes.length;
  if (c.decided) {
    const tried = [...new Set([...device.miniBatchSizes, ...c.outcomes.map((o) => o.miniBatchSize)])];
    const bestT = Math.max(...tried.map((b) => trueCapacity.get(b) ?? 0));
    right += +isAsGood(question, trueCapacity.get(c.miniBatchSize) ?? 0, bestT);
  }
  share += spent / device.gridMs;
  own += spent / device.ownSizeMs;
  worst = Math.max(worst, spent / device.gridMs);
  (byWorld[world] ??= []).push(+(rs <= g1 + 0.02));
}
const p = (x: number) => (100 * x).toFixed(1);
console.log({
  spells,
  withPulse,
  rep: p(rep / n),
  s: p(s / n),
  decided: p(dec / n),
  right: p(right / dec),
  share: p(share / n),
  own: p(own / n),
  worst: p(worst),
  regS: p(regS / n),
  regG: p(regG / n),
  trials: trials / n,
  ms: Date.now() - t0,
});
console.log(
  Object.entries(byWorld)
    .map(([w, a]) => w + " " + p(a.reduce((x, y) => x + y, 0) / a.length))
    .join("; "),
);
