import { z } from "zod";
import { RANGES } from "./device-type.js";
import { isIn, type Range, shown } from "./number-in.js";

/** Its value at a mini-batch of so many images is intercept + slope · images. */
export interface Line {
  readonly intercept: number;
  readonly slope: number;
}
/** Values by mini-batch size. */
export type Table = Readonly<Record<string, number>>;
/** A function of the mini-batch size. */
export type ValueFunction = Line | Table;

/**
 * A function with values within a range. Its keys say whether it is a line or a table, so that a message is about the
 * form that was meant. Of a line the values are checked where it is used.
 */
export function functionIn(range: Range) {
  const schema = z.unknown().transform((value, context): ValueFunction => {
    const refuse = (path: string[], message: string) => {
      context.addIssue({ code: "custom", path, message });
      return z.NEVER;
    };
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return refuse([], `${shown(value)}, allowed are { intercept, slope } or a table by mini-batch size`);
    }
    const entries = Object.entries(value);
    if ("intercept" in value || "slope" in value) {
      for (const name of ["intercept", "slope"]) {
        const part: unknown = (value as Record<string, unknown>)[name];
        if (!Number.isFinite(part)) return refuse([name], `${shown(part)}, allowed are numbers`);
      }
      const other = entries.find(([key]) => key !== "intercept" && key !== "slope");
      return other === undefined ? (value as Line) : refuse([], `key ${other[0]}, allowed are intercept and slope`);
    }
    const { least, most } = RANGES.miniBatchSize;
    for (const [size, part] of entries) {
      if (!/^[1-9]\d*$/.test(size) || Number(size) > most) {
        return refuse([], `mini-batch size ${size}, allowed are whole numbers from ${least} to ${most}`);
      }
      if (!isIn(range, part)) {
        return refuse([size], `${shown(part)}, allowed are numbers from ${range.least} to ${range.most}`);
      }
    }
    return entries.length === 0 ? refuse([], "an empty table, allowed is at least one size") : (value as Table);
  });
  return schema.meta({ anyOf: [LINE, tableIn(range)] });
}

/** A line as JSON Schema has it. */
const LINE = {
  type: "object",
  properties: {
    intercept: { type: "number", description: "Its value at no image" },
    slope: { type: "number", description: "What each image adds" },
  },
  required: ["intercept", "slope"],
  additionalProperties: false,
};

/** A table with values within a range as JSON Schema has it. */
function tableIn({ least, most }: Range) {
  return {
    type: "object",
    propertyNames: { pattern: "^[1-9][0-9]{0,4}$" },
    additionalProperties: { type: "number", minimum: least, maximum: most },
    minProperties: 1,
  };
}

export function isLine(values: ValueFunction): values is Line {
  return "intercept" in values;
}

export function valueAt(values: ValueFunction, miniBatchSize: number): number | undefined {
  return isLine(values) ? values.intercept + values.slope * miniBatchSize : values[String(miniBatchSize)];
}
