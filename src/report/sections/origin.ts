import { readFileSync } from "node:fs";
import { basename, isAbsolute, join, relative, resolve } from "node:path";
import { PACKAGE_ROOT } from "../../core/package-root.js";
import { shellWords } from "../../core/shell-words.js";
import { EXAMPLE } from "../../fleet/example-plans.js";
import { code, dataTable, type Html, paragraph } from "../parts/html-parts.js";
import type { ReportSource } from "../parts/report-source.js";

/** The commands that make each part again. */
export function commandsSection({ folder, plans, executions }: ReportSource): Html {
  const dir = shellWords([shownFolder(folder)]);
  const plan = `${dir} --size ${plans?.inputSizePx}`;
  const time = `${EXAMPLE.deadlineMs / 1000}s`;
  return code(
    [
      `batchwise report ${dir}`,
      `batchwise fit ${dir}`,
      `batchwise rank ${dir}`,
      `batchwise rank ${dir} --question residual`,
      `batchwise claims ${dir}`,
      ...(plans === undefined
        ? []
        : [
            `batchwise plan soft ${plan} --images ${EXAMPLE.images} --deadline ${time} --devices ${EXAMPLE.devices}`,
            `batchwise plan relaxed ${plan} --budget ${time} --devices 1`,
          ]),
      ...(executions.length === 0 ? [] : [`batchwise execute --report ${dir}`]),
      `batchwise figures ${dir}`,
      `batchwise planner ${dir}`,
    ].join("\n"),
  );
}

/** A folder as it is named from here; of one elsewhere its name alone, since its path says whose it is. */
function shownFolder(folder: string): string {
  const path = relative(process.cwd(), folder);
  return path === "" || path.startsWith("..") || isAbsolute(path) ? basename(resolve(folder)) : path;
}

/** What the dataset says of how it came to be. */
export function provenanceSection({ data }: ReportSource): Html {
  const { design, model, versions, git_commit, imported } = data.provenance;
  const { model: _, images: __, ...asked } = design;
  return [
    dataTable(
      {
        columns: ["of", "value"],
        values: [
          [
            "model",
            [model.name, ...(model.bytes === undefined ? [] : [`${model.bytes.toLocaleString("en")} bytes`])].join(
              ", ",
            ),
          ],
          ...(model.sha256 === undefined ? [] : [["model's SHA-256", model.sha256]]),
          ...Object.entries(versions),
          ...(git_commit === undefined ? [] : [["commit of Batchwise", git_commit]]),
        ],
      },
      "Model and versions",
    ),
    ...(imported === undefined ? [] : [paragraph("Imported:"), code(JSON.stringify(imported, null, 1))]),
    paragraph(imported === undefined ? "The design:" : "The cells:"),
    code(JSON.stringify(asked, null, 1)),
    dataTable(
      {
        columns: ["file", "rows", "SHA-256"],
        values: data.resources.map(({ path, rows, hash }) => [path, rows ?? "", hash ?? ""]),
      },
      "Files",
    ),
  ].join("");
}

/** How to cite it: the file that GitHub reads, too. */
export function citationSection(): Html {
  return code(readFileSync(join(PACKAGE_ROOT, "CITATION.cff"), "utf8").trim());
}
