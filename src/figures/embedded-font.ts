import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { distinct } from "../core/distinct.js";
import { once } from "../core/once.js";
import { FONTS, type FontName } from "./font.js";

const require = createRequire(import.meta.url);

/** What is used of HarfBuzz: https://harfbuzz.github.io/harfbuzz-hb-subset.html. Numbers are addresses. */
interface HarfBuzz {
  readonly memory: { readonly buffer: ArrayBuffer };
  malloc(bytes: number): number;
  free(address: number): void;
  hb_blob_create(data: number, bytes: number, mode: number, userData: number, destroy: number): number;
  hb_blob_destroy(blob: number): void;
  hb_blob_get_data(blob: number, length: number): number;
  hb_blob_get_length(blob: number): number;
  hb_face_create(blob: number, index: number): number;
  hb_face_destroy(face: number): void;
  hb_face_reference_blob(face: number): number;
  hb_set_add(set: number, codePoint: number): void;
  hb_subset_input_create_or_fail(): number;
  hb_subset_input_destroy(input: number): void;
  hb_subset_input_set_flags(input: number, flags: number): void;
  hb_subset_input_unicode_set(input: number): number;
  hb_subset_or_fail(face: number, input: number): number;
}

/** HB_MEMORY_MODE_WRITABLE */
const WRITABLE = 2;
/** HB_SUBSET_FLAGS_NO_HINTING, and HB_SUBSET_FLAGS_NO_LAYOUT_CLOSURE: no ligatures. */
const FLAGS = 0x1 | 0x200;

/** The types that TypeScript has for WebAssembly are those of browsers. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

const harfBuzz = once((): HarfBuzz => {
  const bytes = readFileSync(require.resolve("harfbuzzjs/dist/harfbuzz-subset.wasm"));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {});
  const library = exports as HarfBuzz & { _initialize?(): void };
  library._initialize?.();
  return library;
});

/**
 * The part of a font file that some letters need, as a font file: their outlines, widths and kerning.
 *
 * @throws Error if the file is not a font
 */
export function fontSubset(file: string, letters: Iterable<string>): Buffer {
  const hb = harfBuzz();
  const font = readFileSync(file);
  const address = hb.malloc(font.length);
  new Uint8Array(hb.memory.buffer).set(font, address);
  const blob = hb.hb_blob_create(address, font.length, WRITABLE, 0, 0);
  const face = hb.hb_face_create(blob, 0);
  const input = hb.hb_subset_input_create_or_fail();
  const wanted = hb.hb_subset_input_unicode_set(input);
  for (const letter of letters) hb.hb_set_add(wanted, letter.codePointAt(0) ?? 0);
  hb.hb_subset_input_set_flags(input, FLAGS);
  const subset = hb.hb_subset_or_fail(face, input);
  if (subset === 0) throw new Error(`font ${file}: HarfBuzz makes no subset of it`);
  const result = hb.hb_face_reference_blob(subset);
  const from = hb.hb_blob_get_data(result, 0);
  // A copy: the library's memory moves when it grows.
  const bytes = Buffer.from(new Uint8Array(hb.memory.buffer, from, hb.hb_blob_get_length(result)));
  for (const owned of [result, blob]) hb.hb_blob_destroy(owned);
  for (const owned of [subset, face]) hb.hb_face_destroy(owned);
  hb.hb_subset_input_destroy(input);
  hb.free(address);
  return bytes;
}

/** A text of an SVG: its attributes and what it says. */
const TEXT = /<text([^>]*)>([\s\S]*?)<\/text>/g;
const SEMIBOLD = /font-weight="(?:bold|[6-9]00)"/;
const ENTITIES: Readonly<Record<string, string>> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"' };

/**
 * An SVG that carries the letters that it uses of its font, so that a browser without that font shows it as it was laid
 * out, and that is no wider than what holds it.
 */
export function withEmbeddedFont(svg: string, font: FontName): string {
  const used = { regular: new Set<string>(), semibold: new Set<string>() };
  for (const [, attributes = "", content = ""] of svg.matchAll(TEXT)) {
    const text = content.replaceAll(/<[^>]*>/g, "").replaceAll(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity);
    const letters = SEMIBOLD.test(attributes) ? used.semibold : used.regular;
    for (const letter of text) letters.add(letter);
  }
  const faces = (["regular", "semibold"] as const).flatMap((weight) =>
    used[weight].size === 0 ? [] : [fontFace(font, weight, used[weight])],
  );
  return svg
    .replace(/^<svg /, '<svg style="max-width:100%;height:auto" ')
    .replace(/>/, `><style>${faces.join("")}</style>`);
}

function fontFace(font: FontName, weight: "regular" | "semibold", letters: ReadonlySet<string>): string {
  const codePoints = distinct([...letters].map((letter) => letter.codePointAt(0) ?? 0));
  const data = fontSubset(FONTS[font][weight], letters).toString("base64");
  // A page may show several figures, each with its own letters: the range says which of the fonts has which.
  const range = codePoints.map((codePoint) => `U+${codePoint.toString(16)}`).join(",");
  return (
    `@font-face{font-family:${FONTS[font].name};font-weight:${weight === "regular" ? 400 : 600};` +
    `src:url(data:font/ttf;base64,${data}) format("truetype");unicode-range:${range}}`
  );
}
