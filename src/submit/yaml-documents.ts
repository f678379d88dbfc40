/**
 * Values as YAML documents in its flow style, which is JSON but for characters beyond ASCII: these are escaped, because
 * YAML takes some of them for line breaks.
 *
 * Source: YAML 1.2, 5.7 Escaped Characters
 * @example yamlDocuments([{ name: "a" }, {}]) // '---\n{\n  "name": "a"\n}\n---\n{}\n'
 */
export function yamlDocuments(values: readonly unknown[]): string {
  return values.map((value) => `---\n${JSON.stringify(value, null, 2).replaceAll(/[^\n -~]/gu, escaped)}\n`).join("");
}

function escaped(character: string): string {
  return `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, "0")}`;
}
