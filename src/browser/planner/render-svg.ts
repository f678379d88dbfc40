import { parse, View } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import type { TopLevelSpec } from "vega-lite";
import { compile } from "vega-lite";

/** Takes the place of the file of that name in src/figures where a page draws: expressions are interpreted. */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const view = new View(parse(compile(spec).spec, undefined, { ast: true }), { expr: expressionInterpreter });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}
