import { bytesOfBase85 } from "../core/base85.js";

/**
 * What a page carries as base 85 of JSON in gzip, in the element of that id.
 *
 * @throws Error if the page has no such element
 */
export async function embeddedData<Data>(id: string): Promise<Data> {
  return JSON.parse(new TextDecoder().decode(await embeddedBytes(id))) as Data;
}

/** The bytes themselves; see `embeddedData`. */
export async function embeddedBytes(id: string): Promise<ArrayBuffer> {
  const text = document.getElementById(id)?.textContent;
  if (text == null) throw new Error(`page: it carries no ${id}`);
  return new Response(
    new Blob([bytesOfBase85(text)]).stream().pipeThrough(new DecompressionStream("gzip")),
  ).arrayBuffer();
}
