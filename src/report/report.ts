import { basename, resolve } from "node:path";
import { compareDatasets } from "../compare/compare-datasets.js";
import { distinct } from "../core/distinct.js";
import { escapeHtml } from "../core/text-table.js";
import { UserError } from "../core/user-error.js";
import { deviceName } from "../design/design.js";
import { STUDY_SIZE_PX } from "../design/study-size.js";
import { SHOWN_QUANTITIES } from "../figures/shown-quantity.js";
import { offeredByFits } from "../fleet/given-devices.js";
import type { AnalysisOptions } from "../rank/dataset-analysis.js";
import { figureElement } from "./parts/figure-element.js";
import { htmlPage } from "./parts/html-page.js";
import { type Html, paragraph } from "./parts/html-parts.js";
import { alikeRows, plannerData } from "./parts/planner-data.js";
import { orReason, type ReportSource, reportSource } from "./parts/report-source.js";
import { comparisonFigures, type ReportFigure, reportFigures } from "./report-figures.js";
import { answerSection } from "./sections/answer.js";
import { claimsSection } from "./sections/claims.js";
import { comparisonSection } from "./sections/comparison.js";
import { driversSection } from "./sections/drivers.js";
import { lawsSection } from "./sections/laws.js";
import { measuredSection } from "./sections/measured.js";
import { citationSection, commandsSection, provenanceSection } from "./sections/origin.js";
import { plannerSection } from "./sections/planner.js";
import { plansSection } from "./sections/plans.js";
import { trustSection } from "./sections/trust.js";

interface Section {
  readonly id: string;
  readonly heading: string;
  readonly html: Html;
  /** The figures that stand in it, by their names. */
  readonly figures?: readonly string[];
  /** That it says nothing on paper. */
  readonly isLive?: boolean;
}

/**
 * Everything that a dataset says as one page of one file: the answer, what was measured and how far to trust it,
 * figures that can be asked, functions, drivers, claims, plans and how they came out, and how to make all of it again.
 * Nothing that it shows comes from elsewhere; what a dataset has too little for says so.
 *
 * @param options `other` is a second dataset, which is compared with the first
 * @throws UserError if a folder holds no dataset or no trial that ended well
 * @example writeFileSync("report.html", await reportHtml("data/quick"));
 */
export async function reportHtml(
  folder: string,
  options: AnalysisOptions & { readonly other?: string } = {},
): Promise<string> {
  const { other } = options;
  const source = await reportSource(folder, options);
  if (source.fits.length === 0) throw new UserError(`dataset ${folder}: its design has no device`);
  const compared = other === undefined ? [] : [await comparedWith(folder, other)];
  const figures = await reportFigures(source);
  const offered = source.plans === undefined ? [] : offeredByFits(source.fits);
  const sections: Section[] = [
    ...compared.map(({ section }) => section),
    { id: "measured", heading: "What was measured", html: measuredSection(source) },
    {
      id: "trust",
      heading: "How far to trust it",
      html: await trustSection(source),
      figures: ["lack-of-fit", "hosts"],
    },
    {
      id: "time",
      heading: "Time and memory",
      html: choiceForm(source),
      figures: ["inference-time", "fitted-law", "fitted-lines", "memory", "largest-mini-batch"],
    },
    { id: "laws", heading: "Functions and their errors", html: lawsSection(source) },
    {
      id: "drivers",
      heading: "What drives warm-up",
      html: await driversSection(source),
      figures: ["importance-predict", "warmup-prediction", "importance-explain", "correlation"],
    },
    { id: "claims", heading: "The study's findings", html: await claimsSection(source) },
    {
      id: "plans",
      heading: "Plans, predicted and measured",
      html: plansSection(source),
      figures: ["plan-gantt", "deadline-frontier", "mini-batch-by-deadline", "calibration"],
    },
    ...(offered.length === 0
      ? []
      : [{ id: "planner", heading: "Ask another question", html: plannerSection(), isLive: true }]),
    { id: "again", heading: "Make it again", html: commandsSection(source) },
    { id: "provenance", heading: "Provenance", html: provenanceSection(source) },
    { id: "citation", heading: "Citation", html: citationSection() },
  ];
  const all = [...compared.flatMap((each) => each.figures), ...figures];
  const title = `Batchwise report: ${nameOf(folder)}${other === undefined ? "" : ` and ${nameOf(other)}`}`;
  return htmlPage({
    title,
    body: [
      `<header><h1>${escapeHtml(title)}</h1>${await answerSection(source)}</header>`,
      `<nav aria-label="Sections"><ul class="sections">${sections.map(({ id, heading }) => `<li><a href="#${id}">${escapeHtml(heading)}</a></li>`).join("")}</ul></nav>`,
      `<main>${sections.map((section) => sectionHtml(section, all)).join("\n")}</main>`,
    ].join("\n"),
    script: "report-page.js",
    data: {
      figures: all.map(({ of, figure }) => ({ of, figure })),
      ...(offered.length > 0 && plannerData(offered, alikeRows(offered))),
    },
  });
}

function nameOf(folder: string): string {
  return basename(resolve(folder));
}

/** The comparison as a section with its figure. */
async function comparedWith(folder: string, other: string): Promise<{ section: Section; figures: ReportFigure[] }> {
  const { value, reason } = await orReason(() => compareDatasets({ folder }, { folder: other }));
  const heading = `Compared: A is ${nameOf(folder)}, B is ${nameOf(other)}`;
  if (value === undefined) {
    return { section: { id: "compared", heading, html: paragraph(`Not compared: ${reason}.`) }, figures: [] };
  }
  return {
    section: { id: "compared", heading, html: comparisonSection(value), figures: ["comparison"] },
    figures: await comparisonFigures(value),
  };
}

/** A section with the figures that it has, each as it is before a reader chooses anything. */
function sectionHtml({ id, heading, html, figures = [], isLive = false }: Section, all: readonly ReportFigure[]): Html {
  const shown = figures.flatMap((name) => {
    const first = firstOf(all.filter(({ figure }) => figure.name === name));
    return first === undefined ? [] : [figureElement(first.figure, first.svg)];
  });
  return `<section id="${id}"${isLive ? ' class="no-print"' : ""} aria-labelledby="${id}-heading"><h2 id="${id}-heading">${escapeHtml(heading)}</h2>${html}${shown.join("")}</section>`;
}

/** The figure of the study's size, if there is one, or else the first. */
function firstOf(figures: readonly ReportFigure[]): ReportFigure | undefined {
  return figures.find(({ of }) => of.sizePx === STUDY_SIZE_PX) ?? figures[0];
}

/** What figures can be chosen by. */
function choiceForm({ fits }: ReportSource): Html {
  const sizes = distinct(fits.flatMap(({ measuredMiniBatches }) => [...measuredMiniBatches.keys()]));
  const select = (name: string, label: string, values: readonly (string | number)[], chosen?: string | number) =>
    `<label>${label} <select name="${name}">${values
      .map((value) => `<option${value === chosen ? " selected" : ""}>${escapeHtml(String(value))}</option>`)
      .join("")}</select></label>`;
  return `<form id="choice" class="tools" aria-label="What the figures show">${[
    select(
      "device",
      "Device",
      fits.map(({ device }) => deviceName(device)),
    ),
    select("sizePx", "Input size (px)", sizes, sizes.includes(STUDY_SIZE_PX) ? STUDY_SIZE_PX : sizes[0]),
    select("quantity", "Quantity", SHOWN_QUANTITIES),
  ].join(" ")}</form>`;
}
