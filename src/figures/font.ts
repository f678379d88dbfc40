import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import PDFDocument from "pdfkit";

const require = createRequire(import.meta.url);
const FONT_PACKAGE = "@expo-google-fonts/source-sans-3";

/** The font of all figures: it comes with the project, so that they look the same everywhere. */
export const FONT_FILES = {
  regular: require.resolve(`${FONT_PACKAGE}/400Regular/SourceSans3_400Regular.ttf`),
  semibold: require.resolve(`${FONT_PACKAGE}/600SemiBold/SourceSans3_600SemiBold.ttf`),
} as const;

/** From this weight on, text is set in semibold. */
const SEMIBOLD_WEIGHT = 600;

let ruler: PDFKit.PDFDocument | undefined;

/** The width of a line of text in pixels, from the metrics of the font. */
export function textWidthPx(text: string, sizePx: number, weight: number | string | undefined): number {
  ruler ??= new PDFDocument();
  const bold = weight === "bold" || Number(weight ?? 0) >= SEMIBOLD_WEIGHT;
  return ruler
    .font(bold ? FONT_FILES.semibold : FONT_FILES.regular)
    .fontSize(sizePx)
    .widthOfString(text);
}

let configuration: string | undefined;

/**
 * Makes the font, and no other, known to the library that draws text in PNG files. That library reads its
 * configuration when it draws the first text of a process, so this must run before.
 */
export function registerFont(): void {
  if (configuration !== undefined) return;
  const folder = mkdtempSync(join(tmpdir(), "batchwise-fonts-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  configuration = join(folder, "fonts.conf");
  const folders = Object.values(FONT_FILES).map((file) => `<dir>${dirname(file)}</dir>`);
  writeFileSync(
    configuration,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${folders.join("")}<cachedir>${folder}</cachedir></fontconfig>`,
  );
  process.env.FONTCONFIG_FILE = configuration;
}
