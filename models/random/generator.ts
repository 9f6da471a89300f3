/**
 * Seeded generator of uniform numbers, splittable: streams with different keys are independent for our purposes.
 *
 * sfc32 (Chris Doty-Humphrey, PractRand, 2010), a 128-bit state seeded from a 64-bit hash of seed and key; the first 12
 * outputs are thrown away.
 */
export class Generator {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  private readonly seed: number;
  private readonly keys: readonly (string | number)[];

  /** @param seed - whole number from 0 to 2^32 − 1 @param keys - names of the stream, e.g. `'round', 3` */
  constructor(seed: number, ...keys: readonly (string | number)[]) {
    this.seed = seed;
    this.keys = keys;
    this.a = hash32(seed, 0x9e3779b9, keys);
    this.b = hash32(seed, 0x85ebca6b, keys);
    this.c = hash32(seed, 0xc2b2ae35, keys);
    for (let i = 0; i < 12; i++) this.bits();
  }

  /**
   * The stream of that name below this one: `new Generator(seed, …own keys, …keys)`.
   *
   * It depends on the names alone, not on what was drawn from this stream, and takes nothing from it; so parts can be
   * handed out in any order, or to other threads. The same name gives the same stream again.
   *
   * @param keys - at least one
   */
  split(...keys: readonly [string | number, ...(string | number)[]]): Generator {
    return new Generator(this.seed, ...this.keys, ...keys);
  }

  /** 32 random bits as a whole number from 0. */
  bits(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** Uniform in [0, 1), 53 bits. */
  uniform(): number {
    return ((this.bits() >>> 5) * 67108864 + (this.bits() >>> 6)) / 9007199254740992;
  }

  /** Standard normal, by Marsaglia's polar method. */
  normal(): number {
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
    }
  }

  /** Whole number from 0 to n − 1. */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** A permutation of 0 … n − 1 (Fisher-Yates). */
  permutation(n: number): number[] {
    const order = Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }
}

/** A seed derived from another seed and the names of what it is for. */
export function deriveSeed(seed: number, ...keys: readonly (string | number)[]): number {
  return hash32(seed, 0x27d4eb2f, keys);
}

/** 32-bit hash (murmur3 finaliser over FNV-mixed characters). */
function hash32(seed: number, salt: number, keys: readonly (string | number)[]): number {
  let h = (seed ^ salt) | 0;
  for (const key of keys) {
    const text = `${typeof key}:${key};`;
    for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
    h = scramble(h);
  }
  return scramble(h ^ Math.imul(seed, 0x9e3779b1)) >>> 0;
}

function scramble(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
