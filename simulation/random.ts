/** Randomness from a seed: the same seed gives the same numbers on every machine. */

export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  below(limit: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** A whole number of milliseconds, uniform over the span. */
  within(span: Span): number;
  /** One entry of a list that is not empty; throws if it is. */
  pick<T>(list: readonly T[]): T;
  /** A separate stream: draws from it do not change the numbers of this one. */
  fork(label: string): Random;
}

/** Milliseconds; both ends are included. */
export interface Span {
  readonly least: number;
  readonly most: number;
}

/** `seed` may be any text. */
export function createRandom(seed: string): Random {
  const next = sfc32(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    chance: (probability) => probability > 0 && next() < probability,
    within: ({ least, most }) => least + Math.round(next() * (most - least)),
    pick: (list) => {
      const found = list[below(list.length)];
      if (found === undefined) throw new Error('There is nothing to pick from.');
      return found;
    },
    fork: (label) => createRandom(`${seed}/${label}`),
  };
}

/** The "small fast counter" generator, started from four hashes of the seed. */
function sfc32(seed: string): () => number {
  let [a, b, c, counter] = [fnv(seed, 1), fnv(seed, 2), fnv(seed, 3), 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 15; i += 1) next();
  return next;
}

function fnv(text: string, salt: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(salt, 0x9e3779b1);
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}
