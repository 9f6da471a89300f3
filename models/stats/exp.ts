const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;
/** 1.5·2^52: adding it rounds to a whole number. */
const rounder = 6755399441055744;
const lowest = -700;

/** 1/k! */
const c3 = 0.16666666666666666;
const c4 = 4.1666666666666664e-2;
const c5 = 8.333333333333333e-3;
const c6 = 1.388888888888889e-3;
const c7 = 1.984126984126984e-4;
const c8 = 2.48015873015873e-5;
const c9 = 2.7557319223985893e-6;
const c10 = 2.755731922398589e-7;
const c11 = 2.505210838544172e-8;
const c12 = 2.08767569878681e-9;
const c13 = 1.6059043836821613e-10;

const powers = Float64Array.from({ length: 1012 }, (_, i) => 2 ** -i);

/**
 * eˣ for x ≤ 0, by a fixed sequence of additions and multiplications, which the kernel in WebAssembly does as well: so
 * both give the same bits on every machine, as Math.exp need not.
 *
 * eˣ = 2^k·e^r, k = round(x/ln 2), |r| ≤ ½·ln 2, e^r by 14 terms of its series
 *
 * @param x - ≤ 0; below −700 as −700, 1e-304
 * @remarks Accuracy: relative 1e-15, tested against Math.exp.
 */
export function exp(x: number): number {
  const inside = Math.max(x, lowest);
  const k = inside * Math.LOG2E + rounder - rounder;
  const r = inside - k * ln2High - k * ln2Low;
  // In pairs, fours and eights: a vector unit does what does not wait for each other at the same time.
  const square = r * r;
  const fourth = square * square;
  const low = 1 + r + (0.5 + c3 * r) * square;
  const middle = c4 + c5 * r + (c6 + c7 * r) * square;
  const high = c8 + c9 * r + (c10 + c11 * r) * square + (c12 + c13 * r) * fourth;
  const p = low + (middle + high * fourth) * fourth;
  return p * powers[-k]!;
}
