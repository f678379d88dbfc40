// A page with one figure, for a notebook's cell.
import type { InteractiveFigure } from "../../figures/interactive-figure.js";
import { embeddedData } from "../embedded-data.js";
import { showFigure } from "../figure-panel.js";

async function show(): Promise<void> {
  const host = document.querySelector("figure");
  if (host === null) return;
  await document.fonts.load("12px 'Source Sans 3'");
  await showFigure(host, await embeddedData<InteractiveFigure>("figure-data"));
}

void show();
