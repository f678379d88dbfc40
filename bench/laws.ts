// Forms of latency against mini-batch on the published curves, each inner point left out in turn.
// Run: npm run bench:laws -- [--curves 15,23] [--figures DIR]
import { Command } from "commander";
import { ownFigure } from "../src/figures/own-figure.js";
import { writeFigures } from "../src/figures/write-figures.js";
import type { Observation } from "../src/fit/observed/observation.js";
import { fitPublished } from "../src/fleet/published-work.js";
import { type PublishedCurve, publishedCurves } from "../src/importing/published.js";
import { benchOptions } from "./bench-options.js";
import { errorsOf, FORMS } from "./laws/left-out.js";

/** A curve with fewer points has too few to leave one out of. */
const LEAST_POINTS = 6;
/** In the figure. */
const SHOWN = ["15", "23"];
const SHOWN_FORMS = ["a + c·b (the study's)", "(a^p + (c·b)^p)^(1/p)"];
const DRAWN_POINTS = 80;
const DRAWN_MS: number[] = [5, 100];

interface Options {
  readonly curves?: readonly string[];
  readonly figures?: string;
}

const options = benchOptions<Options>(
  new Command("bench:laws")
    .description("fit forms of latency to published curves, and predict each point that was left out")
    .option("--curves <numbers>", "only these, e.g. 15,23", (text) => text.split(","))
    .option("--figures <dir>", "write the figure there"),
);
const curves = publishedCurves().filter(
  ({ curve, rows }) => rows.length >= LEAST_POINTS && (options.curves?.includes(curve) ?? true),
);
const points = curves.map(pointsOf);
const percent = ([median, ninth]: readonly [number, number]) =>
  `${(100 * median).toFixed(1)} / ${(100 * ninth).toFixed(1)} %`;
console.log(`${curves.length} curves, ${points.flat().length} points`);
console.log(
  "\n| form | left-out error: median / 90th percentile | worst point of a curve | full fit, worst point |\n|---|---|---|---|",
);
for (const [name, fit] of Object.entries(FORMS)) {
  const { leftOut, worst, full } = errorsOf(fit, points);
  console.log(`| ${name} | ${percent(leftOut)} | ${percent(worst)} | ${percent(full)} |`);
}
if (options.figures !== undefined)
  for (const file of await writeFigures([figureOf()], options.figures)) console.log(file);

/** What a plan is made with: the mean, or throughput where that holds the warm-up. */
function pointsOf(curve: PublishedCurve): readonly Observation[] {
  return fitPublished(curve).meanLatency().observations;
}

function figureOf() {
  const shown = publishedCurves().filter(({ curve }) => SHOWN.includes(curve));
  const data = shown.flatMap((curve) => {
    const measured = pointsOf(curve);
    const largest = measured.at(-1)?.miniBatchSize ?? 1;
    const drawn = Array.from({ length: DRAWN_POINTS }, (_, index) => largest ** (index / (DRAWN_POINTS - 1)));
    return [
      ...measured.map(({ miniBatchSize, value }) => row(curve, "measured", miniBatchSize, value)),
      ...SHOWN_FORMS.flatMap((form) => {
        const predict = FORMS[form]?.(measured);
        return drawn.map((size) => row(curve, form, size, Math.exp(predict?.(size) ?? Number.NaN)));
      }),
    ];
  });
  const x = {
    field: "mini_batch_size",
    type: "quantitative",
    title: "Mini-batch size",
    scale: { type: "log", base: 2 },
  } as const;
  const y = {
    field: "latency_ms",
    type: "quantitative",
    title: "Latency (ms)",
    scale: { type: "log", domain: DRAWN_MS },
  } as const;
  const shape = { field: "device", type: "nominal", title: null } as const;
  const color = { field: "form", type: "nominal", title: null, scale: { domain: SHOWN_FORMS } } as const;
  return ownFigure({
    name: "laws-of-accelerators",
    title: "Published latencies of EfficientNet-B0 at 224 px on two GPUs, and two laws through them",
    notes: ["Points are published by NVIDIA (DeepLearningExamples), measured once each; both axes are logarithmic."],
    data,
    spec: {
      layer: [
        { transform: [{ filter: "datum.form == 'measured'" }], mark: "point", encoding: { x, y, shape } },
        {
          transform: [{ filter: "datum.form != 'measured'" }],
          mark: "line",
          encoding: { x, y, color, detail: { field: "device" } },
        },
      ],
    },
  });
}

function row({ name }: PublishedCurve, form: string, miniBatchSize: number, latencyMs: number) {
  return {
    device: name.replace("efficientnet-b0 on ", ""),
    form,
    mini_batch_size: miniBatchSize,
    latency_ms: latencyMs,
  };
}
