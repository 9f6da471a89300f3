import { ShapeError } from '../domain/errors.js';
import { Generator } from './generator.js';
import { sobolDirections } from './sobol-directions.js';

const bits = 32;
let directionNumbers: readonly Uint32Array[] | undefined;

/** Direction numbers v[dimension][bit], scaled to 32 bits. */
function directions(): readonly Uint32Array[] {
  if (directionNumbers !== undefined) return directionNumbers;
  const first = Uint32Array.from({ length: bits }, (_, k) => (1 << (bits - 1 - k)) >>> 0);
  const rest = sobolDirections.flatMap(([degree, words]) =>
    words
      .trim()
      .split(/\s+/)
      .map((word) => directionsOf(...unpacked(word, degree))),
  );
  directionNumbers = [first, ...rest];
  return directionNumbers;
}

/** Polynomial and initial numbers m1, m2, … of one word of the table. */
function unpacked(word: string, degree: number): [polynomial: number, initial: readonly number[]] {
  let left = BigInt(`0x${word}`);
  const initial: number[] = [];
  for (let width = degree - 1; width >= 0; width--) {
    initial.unshift(2 * Number(BigInt.asUintN(width, left)) + 1);
    left >>= BigInt(width);
  }
  return [Number(left), initial];
}

function directionsOf(polynomial: number, initial: readonly number[]): Uint32Array {
  const degree = initial.length;
  const v = new Uint32Array(bits);
  for (let k = 0; k < bits; k++) {
    if (k < degree) {
      v[k] = (initial[k]! << (bits - 1 - k)) >>> 0;
      continue;
    }
    let next = v[k - degree]! ^ (v[k - degree]! >>> degree);
    for (let i = 1; i < degree; i++) if ((polynomial >>> (degree - i)) & 1) next ^= v[k - i]!;
    v[k] = next >>> 0;
  }
  return v;
}

/** Largest number of dimensions of `sobol`. */
export const maxSobolDimensions = 1111;

/**
 * Points of the Sobol sequence in [0, 1)^d, in Gray-code order, row-major [n × d].
 *
 * With a seed the points are scrambled: a random lower-triangular bit matrix for each dimension, then a digital shift
 * (Matoušek 1998), so that every point is uniform and the set keeps its balance. Without one they are the raw sequence,
 * which starts at the origin.
 *
 * @throws {ShapeError} if d is not from 1 to 1,111
 */
export function sobol(n: number, d: number, seed?: number): Float64Array {
  if (!(d >= 1 && d <= maxSobolDimensions))
    throw new ShapeError(`${d} Sobol dimensions; from 1 to ${maxSobolDimensions} are known`);
  const points = new Float64Array(n * d);
  const raw = directions();
  for (let j = 0; j < d; j++) {
    const random = seed === undefined ? null : new Generator(seed, 'sobol', j);
    const v = random === null ? raw[j]! : scrambled(raw[j]!, random);
    let state = random === null ? 0 : random.bits();
    for (let i = 0; i < n; i++) {
      points[i * d + j] = state / 4294967296;
      state = (state ^ v[Math.min(bits - 1, trailingOnes(i))]!) >>> 0;
    }
  }
  return points;
}

function trailingOnes(i: number): number {
  return 31 - Math.clz32(~i & (i + 1));
}

/** Direction numbers after a random lower-triangular bit matrix with unit diagonal. */
function scrambled(v: Uint32Array, random: Generator): Uint32Array {
  const rows = Uint32Array.from({ length: bits }, (_, r) => {
    const diagonal = (1 << (bits - 1 - r)) >>> 0;
    const above = r === 0 ? 0 : (0xffffffff << (bits - r)) >>> 0;
    return ((random.bits() & above) | diagonal) >>> 0;
  });
  return v.map((number) => {
    let result = 0;
    for (let r = 0; r < bits; r++) if (parity(rows[r]! & number)) result |= 1 << (bits - 1 - r);
    return result >>> 0;
  });
}

function parity(word: number): boolean {
  let x = word ^ (word >>> 16);
  x ^= x >>> 8;
  x ^= x >>> 4;
  return ((0x6996 >>> (x & 15)) & 1) === 1;
}
