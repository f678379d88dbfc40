/** A table for people: what a terminal, a notebook and a page show alike. Numbers are formatted already or whole. */
export interface TextTable {
  readonly columns: readonly string[];
  readonly values: readonly (readonly (string | number)[])[];
}

/** A ratio in percent with one digit; empty where there is none. */
export function percent(ratio: number | undefined): string {
  return ratio === undefined ? "" : (100 * ratio).toFixed(1);
}

/**
 * A table as HTML, its text escaped. Takes a danfojs frame as well.
 *
 * @example
 * htmlTable({ columns: ["a"], values: [[1]] });
 * // "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
 */
export function htmlTable({ columns, values }: { readonly columns: readonly string[]; readonly values: unknown }) {
  const cells = (tag: string, row: readonly unknown[]) =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(String(cell ?? ""))}</${tag}>`).join("")}</tr>`;
  const rows = Array.isArray(values) ? values.map((row) => cells("td", Array.isArray(row) ? row : [row])) : [];
  return `<table><thead>${cells("th", columns)}</thead><tbody>${rows.join("")}</tbody></table>`;
}

/** A text as it stands in HTML, in an attribute, too. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
