import { z } from "zod";
import { claimsFileSchema } from "../src/claims/claim.js";
import { formsOf } from "../src/core/one-of-forms.js";
import { designFileSchema } from "../src/design/design.js";
import { themeFileSchema } from "../src/figures/theme.js";
import { deviceFileSchema } from "../src/plan/question/device-entry.js";

/** A kind of file that users write. */
interface FileKind {
  readonly name: string;
  readonly heading: string;
  readonly about: string;
  readonly schema: z.ZodType;
  /** A whole file, as short as it can be. */
  readonly example: object;
}

/** The files that users write, in the order in which they need them. */
export const FILE_KINDS: readonly FileKind[] = [
  {
    name: "design",
    heading: "Design",
    about: "What to measure. `sweep --design FILE` measures it, `design show FILE` and `design check FILE` look at it.",
    schema: designFileSchema,
    example: { name: "mine", input_sizes_px: [128, 224], mini_batch_sizes: [1, 3, 8], trials: 3 },
  },
  {
    name: "devices",
    heading: "Device file",
    about:
      "The devices that a plan may use: `plan --devices FILE`. Times are in ms, of a mini-batch with all of its images. " +
      "What the values mean for a plan is in [plans.md](plans.md#device-files).",
    schema: deviceFileSchema,
    example: {
      devices: [
        {
          name: "gpu",
          count: 4,
          latency_ms: { 1: 4, 8: 9 },
          warmup_ms: { 1: 80, 8: 120 },
          price_per_hour: 2.5,
        },
      ],
    },
  },
  {
    name: "theme",
    heading: "Theme",
    about:
      "What all [figures](figures.md) share: `figures DIR --theme FILE`. A part of it is enough, and in the library a part of " +
      "the object.",
    schema: themeFileSchema,
    example: { width_mm: 120, font: "serif", text_pt: 9 },
  },
  {
    name: "claims",
    heading: "Claims file",
    about:
      "Findings that are held against a dataset: `claims DIR --claims FILE`. The statistics are those of " +
      "[analysis.md](analysis.md); the study's own claims are `src/claims/claims.json`. The list of claims alone is a file, too.",
    schema: claimsFileSchema,
    example: {
      claims: [
        {
          name: "warm-up-is-short",
          finding: "The first inference takes less than three times as long as a later one",
          conditions: [{ statistic: "warmup_over_latency", at_most: 3 }],
        },
      ],
    },
  },
];

/** The part of JSON Schema that the schemas here use. */
interface JsonSchema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | false;
  readonly anyOf?: readonly JsonSchema[];
}

/** A kind of file as JSON Schema. */
export function jsonSchemaOf({ heading, schema }: FileKind): object {
  return { ...toJsonSchema(schema), title: `${heading} of Batchwise` };
}

function toJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const forms = formsOf(zodSchema);
      if (forms === undefined) return;
      jsonSchema.anyOf = forms.map((form) => {
        const { $schema: _, ...own } = toJsonSchema(form) as JsonSchema & { readonly $schema?: string };
        return own;
      }) as typeof jsonSchema.anyOf & object;
    },
  }) as JsonSchema;
}

/** docs/files.md: every field of every file. */
export function fileReference(): string {
  const places = FILE_KINDS.map(
    ({ name, heading }) => `[${heading.toLowerCase()}](#${anchorOf(heading)}): \`schemas/${name}.schema.json\``,
  );
  return `# The files that you write

All are JSON:

${places.map((place) => `- ${place}`).join("\n")}

A file may name its JSON Schema, and an editor that knows JSON Schema (VS Code, the JetBrains editors, Neovim) then completes
its fields, explains them and marks mistakes:

    { "$schema": "node_modules/batchwise/schemas/design.schema.json", … }

with the path from the file to the schema; in a checkout that is \`schemas/\`, as in \`pipeline/designs\`. A path in a file is
one from the folder of that file, and a path on the command line is one from where you stand, with \`npm run\`, too. A key
that is not listed here is refused.

This page and the schemas are generated (\`npm run file-reference\`).

${FILE_KINDS.map(sectionOf).join("\n")}`;
}

function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(" ", "-");
}

function sectionOf(kind: FileKind): string {
  const example = compactJson(kind.example).split("\n");
  return `## ${kind.heading}

${kind.about}

${example.map((line) => `    ${line}`).join("\n")}

${tablesOf(toJsonSchema(kind.schema), "").join("\n")}`;
}

/** JSON with lists and objects that hold no others on one line. */
function compactJson(value: object): string {
  return JSON.stringify(value, undefined, 2).replaceAll(
    /([[{])\s+([^[\]{}]*?)\s+([\]}])/g,
    (_, open, inside, close) => {
      const gap = open === "{" ? " " : "";
      return `${open}${gap}${inside.replaceAll(/\s+/g, " ")}${gap}${close}`;
    },
  );
}

/** A table of the fields of an object, and of the objects in it, each under its path. */
function tablesOf(schema: JsonSchema, path: string): string[] {
  // Of a list that may also stand in an object the object says it all.
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((form) => (form.items ? [] : tablesOf(form, path)));
  if (schema.items !== undefined) return tablesOf(schema.items, `${path}[]`);
  if (typeof schema.additionalProperties === "object") return tablesOf(schema.additionalProperties, `${path}.NAME`);
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return [];
  const name = path === "" ? "" : `\`${path.replace(/^\./, "")}\``;
  const heading = name === "" ? "" : [name, schema.title ?? ""].filter((part) => part !== "").join(": ");
  const rows = fields.map(([field, own]) => {
    const isRequired = schema.required?.includes(field);
    const preset = own.default === undefined ? "" : `\`${JSON.stringify(own.default)}\``;
    return `| \`${field}\` | ${formOf(own)} | ${isRequired ? "required" : preset} | ${own.description ?? ""} |`;
  });
  return [
    `${heading === "" ? "" : `### ${heading}\n\n`}| field | what it may be | if left out | meaning |
|---|---|---|---|
${rows.join("\n")}
`,
    ...fields.filter(([, own]) => !isFunction(own)).flatMap(([field, own]) => tablesOf(own, `${path}.${field}`)),
  ];
}

/** Functions of the mini-batch size are explained in a cell, not in a table of their own. */
function isFunction({ anyOf = [] }: JsonSchema): boolean {
  return anyOf.some(({ properties }) => properties?.intercept !== undefined);
}

/** What a value may be, in a few words. */
function formOf(schema: JsonSchema): string {
  const { anyOf, enum: names, const: word, type, items, minItems, pattern, properties, additionalProperties } = schema;
  if (isFunction(schema)) return '`{ "intercept", "slope" }`, the slope per image, or values by mini-batch size';
  if (anyOf?.every((form) => form.properties)) return `an object in one of ${anyOf.length} forms, below`;
  if (anyOf !== undefined) return anyOf.map((form) => (form.properties ? titleOf(form) : formOf(form))).join("; ");
  if (names !== undefined) return names.map((name) => `\`${name}\``).join(", ");
  if (word !== undefined) return `\`${JSON.stringify(word)}\``;
  if (items !== undefined) return `list${minItems === 1 ? ", at least one" : ""}: ${formOf(items)}`;
  if (properties !== undefined) return "an object, below";
  if (typeof additionalProperties === "object") return `by name, in an object: ${formOf(additionalProperties)}`;
  if (type === "integer") return `whole number${rangeOf(schema)}`;
  if (type === "number") return `number${rangeOf(schema)}`;
  if (type === "boolean") return "`true`, `false`";
  return pattern === undefined ? "text" : `text like \`${pattern.replaceAll("|", "\\|")}\``;
}

function titleOf({ title, properties = {} }: JsonSchema): string {
  return `an object (${title ?? Object.keys(properties).join(", ")})`;
}

function rangeOf({ minimum, maximum, exclusiveMinimum }: JsonSchema): string {
  const most = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}${most === undefined ? "" : ` up to ${most}`}`;
  if (minimum === undefined || minimum === Number.MIN_SAFE_INTEGER) return most === undefined ? "" : ` up to ${most}`;
  return most === undefined ? ` from ${minimum}` : ` ${minimum} to ${most}`;
}
