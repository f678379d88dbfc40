import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { once } from "../core/once.js";
import { makeScratchFolder } from "../core/scratch-folder.js";

const require = createRequire(import.meta.url);
/** The fonts of all figures: they come with the project, so that figures look the same everywhere. */
export const FONTS = {
  sans: {
    name: "'Source Sans 3'",
    family: "'Source Sans 3', sans-serif",
    regular: require.resolve("@expo-google-fonts/source-sans-3/400Regular/SourceSans3_400Regular.ttf"),
    semibold: require.resolve("@expo-google-fonts/source-sans-3/600SemiBold/SourceSans3_600SemiBold.ttf"),
  },
  serif: {
    name: "'Source Serif 4'",
    family: "'Source Serif 4', serif",
    regular: require.resolve("@expo-google-fonts/source-serif-4/400Regular/SourceSerif4_400Regular.ttf"),
    semibold: require.resolve("@expo-google-fonts/source-serif-4/600SemiBold/SourceSerif4_600SemiBold.ttf"),
  },
} as const;

export type FontName = keyof typeof FONTS;

/** From this weight on, text is set in semibold. */
const SEMIBOLD_WEIGHT = 600;

/** A document that is never written: it knows the metrics of fonts. Its library is loaded when a text is measured. */
const ruler = once(() => new (require("pdfkit") as typeof import("pdfkit"))());

/** The width of a line of text in pixels, from the metrics of the font. */
export function textWidthPx(font: FontName, text: string, sizePx: number, weight: number | string | undefined): number {
  const bold = weight === "bold" || Number(weight) >= SEMIBOLD_WEIGHT;
  return ruler()
    .font(bold ? FONTS[font].semibold : FONTS[font].regular)
    .fontSize(sizePx)
    .widthOfString(text);
}

let configuration: string | undefined;

/**
 * Makes the fonts, and no others, known to the library that draws text in PNG files. That library reads its
 * configuration when it draws the first text of a process, so this must run before.
 */
export function registerFont(): void {
  if (configuration !== undefined) return;
  const folder = makeScratchFolder();
  process.on("exit", folder.remove);
  configuration = join(folder.path, "fonts.conf");
  const folders = Object.values(FONTS)
    .flatMap(({ regular, semibold }) => [regular, semibold])
    .map((file) => `<dir>${dirname(file)}</dir>`);
  writeFileSync(
    configuration,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${folders.join("")}<cachedir>${folder.path}</cachedir></fontconfig>`,
  );
  process.env.FONTCONFIG_FILE = configuration;
}
