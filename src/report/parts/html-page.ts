import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { base85 } from "../../core/base85.js";
import { once } from "../../core/once.js";
import { onceForEach } from "../../core/once-for-each.js";
import { escapeHtml } from "../../core/text-table.js";
import { fontSubset } from "../../figures/embedded-font.js";
import { FONTS } from "../../figures/font.js";

/** A page of one file: nothing that it shows comes from elsewhere. */
export interface HtmlPage {
  readonly title: string;
  /** HTML whose texts are escaped. */
  readonly body: string;
  /** The script that runs in it: a file of src/browser. The page carries it packed, and another one that unpacks it. */
  readonly script: "figure-page.js" | "report-page.js" | "planner-page.js";
  /** What the script reads, values or bytes, by the id of the element that carries it. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** The letters of Latin scripts, and signs that figures and formulas use. */
const LETTERS = [
  ...Array.from({ length: 0x17f - 0x20 + 1 }, (_, index) => String.fromCodePoint(0x20 + index)),
  ..."–—‘’“”…−×÷±·≤≥≈≠√∑∞µαβγδρσφωτ²³⁻¹ᵖ⌈⌉⌊⌋→",
];

const bundled = onceForEach((file: string) => readFileSync(new URL(`../../browser/${file}`, import.meta.url), "utf8"));

const fontFaces = once(() =>
  (["regular", "semibold"] as const)
    .map((weight) => {
      const data = fontSubset(FONTS.sans[weight], LETTERS).toString("base64");
      return (
        `@font-face{font-family:${FONTS.sans.name};font-weight:${weight === "regular" ? 400 : 600};` +
        `src:url(data:font/ttf;base64,${data}) format("truetype")}`
      );
    })
    .join(""),
);

/**
 * The page as HTML. Its policy allows the script that it carries and the one that unpacks it, no other, and no request:
 * what is not in the page is not shown.
 */
export function htmlPage({ title, body, script, data }: HtmlPage): string {
  const [loader, source] = [bundled("page-loader.js"), bundled(script)];
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(loader)} ${hashOf(source)} 'wasm-unsafe-eval'`,
    "style-src 'unsafe-inline'",
    "font-src data:",
    "img-src data: blob:",
    "worker-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const carried = Object.entries({ ...data, "page-script": Buffer.from(source) }).map(
    ([id, value]) => `<script type="application/octet-stream" id="${escapeHtml(id)}">${packed(value)}</script>`,
  );
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${fontFaces()}${bundled("page.css")}</style>`,
    "</head><body>",
    body,
    ...carried,
    `<script>${loader}</script>`,
    "</body></html>",
    "",
  ].join("\n");
}

function hashOf(script: string): string {
  return `'sha256-${createHash("sha256").update(script).digest("base64")}'`;
}

/** Bytes, or a value as JSON, in gzip in base 85: without time or name of a file the same gives the same. */
function packed(value: unknown): string {
  return base85(gzipSync(value instanceof Uint8Array ? value : JSON.stringify(value), { level: 9 }));
}
