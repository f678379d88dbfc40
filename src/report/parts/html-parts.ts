import { escapeHtml, type TextTable } from "../../core/text-table.js";

/** A part of a page: HTML whose texts are escaped. */
export type Html = string;

export function paragraph(text: string, kind = ""): Html {
  return `<p${kind === "" ? "" : ` class="${kind}"`}>${escapeHtml(text)}</p>`;
}

/** Lines of text as a list; nothing where there are none. */
export function list(lines: readonly string[]): Html {
  return lines.length === 0 ? "" : `<ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join("")}</ul>`;
}

export function heading(level: 3 | 4, text: string): Html {
  return `<h${level}>${escapeHtml(text)}</h${level}>`;
}

/** Commands or data as they are typed. */
export function code(text: string): Html {
  return `<pre tabindex="0">${escapeHtml(text)}</pre>`;
}

/** A number as tables write it, with its sign, its unit or what it is at least. */
const NUMBER = /^(at least )?[−+-]?[\d.,]+(e[+-]?\d+)?( %)?$/i;

/**
 * A table that may be wider than the page: it scrolls by itself, by keyboard, too.
 *
 * @param caption what it says, of which a screen reader reads it
 */
export function dataTable({ columns, values }: TextTable, caption: string): Html {
  const isNumber = columns.map(
    (_, column) =>
      values.some((row) => row[column] !== "") &&
      values.every((row) => row[column] === "" || NUMBER.test(String(row[column]))),
  );
  const kind = (column: number) => (isNumber[column] ? ' class="number"' : "");
  const head = columns.map((text, column) => `<th scope="col"${kind(column)}>${escapeHtml(text)}</th>`).join("");
  const body = values.map(
    (row) =>
      `<tr>${columns.map((_, column) => `<td${kind(column)}>${escapeHtml(String(row[column] ?? ""))}</td>`).join("")}</tr>`,
  );
  return (
    `<div class="wide" role="region" tabindex="0" aria-label="${escapeHtml(caption)}"><table>` +
    `<caption>${escapeHtml(caption)}</caption>` +
    `<thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div>`
  );
}
