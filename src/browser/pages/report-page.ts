// A report: its figures become interactive where a reader looks at them, and follow the choice of device, size and
// quantity; its planner answers from when a reader comes near it.
import type { ChosenFigure } from "../../figures/interactive-figure.js";
import { embeddedData } from "../embedded-data.js";
import { showFigure, showNoFigure } from "../figure-panel.js";
import { isAsked, plannerPlace, startPlanner } from "../planner/live-planner.js";

/** Half a screen before it can be seen. */
const NEAR = "50%";

async function start(): Promise<void> {
  const figures = await embeddedData<ChosenFigure[]>("figures");
  await Promise.all([400, 600].map((weight) => document.fonts.load(`${weight} 12px 'Source Sans 3'`)));
  const form = document.querySelector<HTMLFormElement>("#choice");
  const chosen = () => new Map([...new FormData(form ?? undefined)].map(([name, value]) => [name, String(value)]));
  const planner = plannerPlace();
  if (planner !== null) startNear(planner);
  const hosts = [...document.querySelectorAll<HTMLElement>("figure[data-figure]")].filter(
    (host) => planner?.contains(host) !== true,
  );
  const draw = async (host: HTMLElement) => {
    const found = matching(figures, host.dataset.figure ?? "", chosen());
    if (found === undefined) showNoFigure(host, "Not measured with this choice.");
    else await showFigure(host, found.figure);
  };
  // What is printed or only scrolled past keeps the picture that it came with.
  const observer = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting || !(target instanceof HTMLElement)) continue;
      observer.unobserve(target);
      void draw(target);
    }
  });
  for (const host of hosts) observer.observe(host);
  form?.addEventListener("change", () => {
    for (const host of hosts) {
      if (!figures.some(({ of, figure }) => figure.name === host.dataset.figure && Object.keys(of).length > 0))
        continue;
      observer.unobserve(host);
      void draw(host);
    }
  });
}

/** Starts the planner when a reader comes near it, or where a link asks it something. */
function startNear(planner: HTMLElement): void {
  const begin = () => {
    observer.disconnect();
    window.removeEventListener("hashchange", linked);
    void startPlanner(planner);
  };
  const linked = () => {
    if (!isAsked()) return;
    planner.scrollIntoView();
    begin();
  };
  const observer = new IntersectionObserver(
    ([entry]) => {
      if (entry?.isIntersecting) begin();
    },
    { rootMargin: NEAR },
  );
  observer.observe(planner);
  window.addEventListener("hashchange", linked);
  linked();
}

/** The figure of a name that is of everything that was chosen, as far as it depends on it. */
function matching(figures: readonly ChosenFigure[], name: string, chosen: ReadonlyMap<string, string>) {
  return figures.find(
    ({ of, figure }) =>
      figure.name === name && Object.entries(of).every(([key, value]) => chosen.get(key) === String(value)),
  );
}

void start();
