import { element } from "./element.js";

/** Gives the reader a file that was made in the page. */
export function download(name: string, content: Blob | string, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  element("a", { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
