import { escapeHtml } from "../../core/text-table.js";
import type { Html } from "./html-parts.js";

/** A page in a frame of that height, for a notebook's cell: it may run its own script and give files, no more. */
export function pageFrame(title: string, page: string, heightPx: number): Html {
  return (
    `<iframe title="${escapeHtml(title)}" sandbox="allow-scripts allow-downloads" ` +
    `style="width:100%;height:${heightPx}px;border:0" srcdoc="${escapeHtml(page)}"></iframe>`
  );
}
