/** Models with a number that looks like one. */
const MODELS = /(?:net|vit|deit|former)[-_]?(?:v\d[-_]?)?b[-_]?\d+/gi;

/**
 * The mini-batch size that a file's name says.
 *
 * @returns undefined if it says none, or several
 * @example
 * miniBatchOfName("resnet50_fp16_bs32.csv"); // 32
 */
export function miniBatchOfName(name: string): number | undefined {
  const found = new Set(
    [
      ...name
        .replaceAll(MODELS, "")
        .matchAll(
          /(?<![a-z])(?:mini-?batch(?:[-_]?size)?|batch(?:[-_]?size)?|bsz?|mbs|b)[-_=]?(\d{1,5})(?![\d.]*\d)/gi,
        ),
    ].map(([, size]) => Number(size)),
  );
  const [only, another] = found;
  return another === undefined && only !== undefined && only >= 1 && only <= 65_536 ? only : undefined;
}
