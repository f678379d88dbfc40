import { z } from "zod";

/** The key under which a file may name its JSON Schema, by which editors complete it. It says nothing else. */
export const SCHEMA_KEY = {
  $schema: z.string("a text is required").optional().describe("The JSON Schema of this file, for editors"),
};
