/** What the elements of a tensor are, in ONNX Runtime's words: the code of each in onnx.proto, and its bits. */
const ELEMENTS = {
  float32: { code: 1, bits: 32 },
  uint8: { code: 2, bits: 8 },
  int8: { code: 3, bits: 8 },
  uint16: { code: 4, bits: 16 },
  int16: { code: 5, bits: 16 },
  int32: { code: 6, bits: 32 },
  int64: { code: 7, bits: 64 },
  bool: { code: 9, bits: 8 },
  float16: { code: 10, bits: 16 },
  float64: { code: 11, bits: 64 },
  uint32: { code: 12, bits: 32 },
  uint64: { code: 13, bits: 64 },
  bfloat16: { code: 16, bits: 16 },
  uint4: { code: 21, bits: 4 },
  int4: { code: 22, bits: 4 },
} as const;

export type ElementName = keyof typeof ELEMENTS;

const NAME_BY_CODE = new Map<number, ElementName>(
  Object.entries(ELEMENTS).map(([name, { code }]) => [code, name as ElementName]),
);

/** The name of an element type by its code in a model file; undefined for texts, complex and unknown ones. */
export function elementNamed(code: number | null | undefined): ElementName | undefined {
  return NAME_BY_CODE.get(code ?? 0);
}

/** The code of an element type in a model file. */
export function codeOf(name: ElementName): number {
  return ELEMENTS[name].code;
}

/** The bytes that so many elements take; 0 where their type has no fixed size. */
export function bytesOf(element: string | undefined, count: number): number {
  return isElement(element) ? Math.ceil((ELEMENTS[element].bits * count) / 8) : 0;
}

/** Whether a name is one of an element type. */
export function isElement(name: string | undefined): name is ElementName {
  return name !== undefined && Object.hasOwn(ELEMENTS, name);
}
