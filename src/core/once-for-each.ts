/** A function that computes a value for each key on the key's first call and returns the same one ever after. */
export function onceForEach<Key, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const computed = new Map<Key, { readonly value: Value }>();
  return (key) => {
    const known = computed.get(key) ?? { value: compute(key) };
    computed.set(key, known);
    return known.value;
  };
}
