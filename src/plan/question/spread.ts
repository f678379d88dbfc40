import { z } from "zod";
import { RANGES } from "./device-type.js";
import { numberIn } from "./number-in.js";

/** Of a logarithm: beyond, values would differ by a factor of 20,000. */
const variance = numberIn({ least: 0, most: 100 });
const degrees = numberIn({ least: 1, most: 1e9 });

const cell = z.strictObject({
  median_ms: numberIn(RANGES.inferenceMs).describe("The median over processes"),
  function_variance: variance.describe("How far off that may be: the variance of its logarithm"),
  process_variance: variance.describe("How processes differ: the variance of the logarithms of their times"),
});

const quantity = z
  .strictObject({
    degrees: degrees.describe("The degrees of freedom that the variances are known with"),
    tail: z
      .strictObject({
        degrees: numberIn({ least: 2.1, most: 1e9 }).describe("Of Student's t"),
        scale: numberIn({ least: 1e-6, most: 1e6 }).describe("Of Student's t, over the standard deviation"),
        skew: numberIn({ least: 1e-3, most: 1e3 }).describe("Upwards it is stretched by it, downwards squeezed"),
      })
      .optional()
      .describe("Of the difference between processes, where more of them are far off than of a normal distribution"),
    sessions: z
      .strictObject({
        variance: variance.describe("The variance of the logarithm of what all devices of a plan share"),
        degrees: degrees.describe("The degrees of freedom that it is known with"),
      })
      .optional()
      .describe("How sessions differ, where several were measured, and slow spells of the machine"),
    mini_batches: z
      .record(z.string().regex(/^[1-9]\d{0,4}$/, "allowed are whole numbers from 1 to 65536"), cell)
      .describe("By mini-batch size"),
  })
  .describe("How new processes spread");

/** How the times of new processes spread around those of a device. */
export const spreadSchema = z
  .strictObject({
    trials: numberIn({ least: 1, most: 1e9 }, "whole numbers").describe(
      "So many processes were measured: a confidence is at most trials/(trials + 1)",
    ),
    sessions: numberIn({ least: 1, most: 1e9 }, "whole numbers").describe("In so many sessions"),
    latency: quantity,
    warmup: quantity.optional().describe("The same of the first mini-batch; needed beside warmup_ms"),
    load_ms: z
      .array(numberIn(RANGES.loadMs))
      .min(1, "allowed is at least one")
      .optional()
      .describe("How long loading took each time"),
  })
  .meta({ title: "spread" });

/** How the times of new processes spread around those of a device. */
export type Spread = z.infer<typeof spreadSchema>;
/** The same of one quantity. */
export type QuantitySpread = z.infer<typeof quantity>;
