/** 85 letters that neither HTML, JSON nor a template of JavaScript writes in another way. */
const LETTERS = "!#%()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}";
const VALUES = new Uint8Array(128);
for (const [value, letter] of [...LETTERS].entries()) VALUES[letter.charCodeAt(0)] = value;

/**
 * Bytes as text, five letters for four of them, where base64 takes six; the last bytes take one letter more than they
 * are.
 *
 * Source: the scheme of Ascii85 and Z85, with other letters.
 *
 * @example
 * base85(Uint8Array.of(0, 0, 0, 1)); // "!!!!#"
 */
export function base85(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 4) {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4);
    let rest = ((a * 256 + b) * 256 + c) * 256 + d;
    let letters = "";
    for (let place = 0; place < 5; place++) {
      letters = `${LETTERS[rest % 85]}${letters}`;
      rest = Math.floor(rest / 85);
    }
    parts.push(letters.slice(0, Math.min(4, bytes.length - at) + 1));
  }
  return parts.join("");
}

/** The bytes that `base85` made a text of. */
export function bytesOfBase85(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor((4 * text.length) / 5));
  for (let at = 0, to = 0; at < text.length; at += 5) {
    let whole = 0;
    for (let place = at; place < at + 5; place++) {
      // What was left out counts most, so that the bytes before it are what they were.
      whole = 85 * whole + (place < text.length ? (VALUES[text.charCodeAt(place)] ?? 0) : 84);
    }
    for (let shift = 24; shift >= 0 && to < bytes.length; shift -= 8)
      bytes[to++] = Math.floor(whole / 2 ** shift) % 256;
  }
  return bytes;
}
