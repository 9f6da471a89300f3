import type { Design } from '../domain/design.js';
import type { Block } from '../optimiser/block.js';
import type { Polytope } from '../optimiser/polytope.js';
import type { Generator } from '../random/generator.js';
import type { Region } from '../search/region.js';

/** Slack below which a bound is reached, and length below which a direction is none. */
const [reached, none] = [1e-10, 1e-9];

/**
 * Corners of what constraints leave of the free numbers of a design, and the middle of the edge or face between two of them: where
 * designs that are optimal for a polynomial lie, as McLean and Anderson found.
 *
 * @returns three designs, or fewer where rounding or what is not linear keeps some from being any
 * @see McLean & Anderson 1966, Technometrics 8, 447
 */
export function cornersOf(region: Region, design: Design, random: Generator): Design[] {
  const { polytope } = region.reach(design);
  const [one, other] = [corner(polytope, random), corner(polytope, random)];
  if (one === null || other === null) return [];
  const middle = one.map((value, i) => (value + other[i]!) / 2);
  return [one, other, middle].map((x) => region.written(design, x)).filter((found) => found !== null);
}

function corner({ lower, upper, blocks }: Polytope, random: Generator): Float64Array | null {
  const x = lower.map((low, i) => (random.uniform() < 0.5 ? low : upper[i]!));
  for (const block of blocks) {
    const own = blockCorner(block, random);
    if (own === null) return null;
    block.places.forEach((at, i) => {
      x[at] = own[i]!;
    });
  }
  return x;
}

/** From within in a random direction to a bound, then on along it, until nothing is left to go along. */
function blockCorner(block: Block, random: Generator): Float64Array | null {
  const here = block.inner();
  if (here === null) return null;
  const wish = Float64Array.from(here, () => random.normal());
  const held: Float64Array[] = [];
  const hold = (row: Float64Array) => {
    const left = without(row, held);
    if (left !== null) held.push(left);
  };
  for (const { a } of block.equalities) hold(a);
  for (let step = 0; step <= block.d; step++) {
    for (const { a, least } of block.bounds) if (dot(a, here) - least <= reached) hold(a);
    const along = without(wish, held);
    if (along === null) return here;
    let length = Number.POSITIVE_INFINITY;
    for (const { a, least } of block.bounds) {
      const speed = dot(a, along);
      if (speed < -none) length = Math.min(length, Math.max(0, dot(a, here) - least) / -speed);
    }
    if (!Number.isFinite(length)) return null;
    for (let i = 0; i < block.d; i++) here[i] = here[i]! + length * along[i]!;
  }
  return here;
}

/** What of a vector is at right angles to others, of length 1; null where nothing is. */
function without(given: Float64Array, held: readonly Float64Array[]): Float64Array | null {
  const left = given.slice();
  for (let pass = 0; pass < 2; pass++)
    for (const one of held) {
      const share = dot(one, left);
      for (let i = 0; i < left.length; i++) left[i] = left[i]! - share * one[i]!;
    }
  const length = Math.sqrt(dot(left, left));
  return length <= none * Math.sqrt(dot(given, given)) ? null : left.map((value) => value / length);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
