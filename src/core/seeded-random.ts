import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A reproducible source of random numbers: the same seed gives the same sequence on every machine. */
export interface SeededRandom {
  /** A number in [0, 1). */
  uniform(): number;
  /** An integer in [low, high], both included. */
  integer(low: number, high: number): number;
  /** A draw of the standard normal distribution (Box and Muller, 1958). */
  normal(): number;
  /** A shuffled copy (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** As many items as given, drawn with replacement: one bootstrap sample. */
  resample<T>(items: readonly T[]): T[];
}

/**
 * A xoroshiro128+ generator behind a small interface.
 *
 * @param seed a 32-bit integer
 * @param stream names independent sequences of the same seed, so that adding a consumer changes no other
 * @example
 * seededRandom(1).integer(1, 6) === seededRandom(1).integer(1, 6); // true
 */
export function seededRandom(seed: number, stream = ""): SeededRandom {
  return randomFrom(mixed(seed ^ hashOf(stream)));
}

/**
 * The same, but that the first numbers of seeds that lie close are nearly the same. Generated models and dummy images
 * are drawn with it, so that they keep the bytes that were measured.
 */
export function unmixedRandom(seed: number, stream: string): SeededRandom {
  return randomFrom(seed ^ hashOf(stream));
}

function randomFrom(state: number): SeededRandom {
  const generator = xoroshiro128plus(state);
  const uniform = () => uniformFloat64(generator);
  const integer = (low: number, high: number) => uniformInt(generator, low, high);
  return {
    uniform,
    integer,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    shuffle(items) {
      const copy = [...items];
      for (let last = copy.length - 1; last > 0; last--) {
        const chosen = integer(0, last);
        [copy[last], copy[chosen]] = [copy[chosen], copy[last]] as [(typeof copy)[0], (typeof copy)[0]];
      }
      return copy;
    },
    resample: (items) => items.map(() => items[integer(0, items.length - 1)] as (typeof items)[0]),
  };
}

/**
 * Another 32-bit integer for each, of which half of the bits differ where one bit of the given one does: a generator
 * starts with numbers that its state can be seen in.
 *
 * Source: the finalizer of MurmurHash3, 32 bits.
 */
function mixed(state: number): number {
  let bits = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash;
}
