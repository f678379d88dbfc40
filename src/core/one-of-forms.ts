import { z } from "zod";

const FORMS = new WeakMap<object, readonly z.ZodType[]>();

/**
 * A value in one of several forms. Which one is meant is told by what is there, so that a message is about that form
 * and not about all of them.
 */
export function oneOfForms<T>(forms: readonly z.ZodType<T>[], formOf: (value: unknown) => z.ZodType<T>) {
  const schema = z.unknown().transform((value, context): T => {
    const result = formOf(value).safeParse(value);
    if (result.success) return result.data;
    for (const { path, message } of result.error.issues) context.addIssue({ code: "custom", path, message });
    return z.NEVER;
  });
  FORMS.set(schema, forms);
  return schema;
}

/** The forms of a schema of `oneOfForms`, described or not, for what writes them down; undefined of others. */
export function formsOf(schema: z.core.$ZodType): readonly z.ZodType[] | undefined {
  const { parent } = schema._zod;
  return FORMS.get(schema) ?? (parent === undefined ? undefined : formsOf(parent));
}

/** Whether a value is an object, a list aside, that has a key. */
export function hasKey(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && key in value;
}
