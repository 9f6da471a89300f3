import { normalQuantile } from '../stats/normal-quantile.js';
import { Generator } from './generator.js';
import { maxSobolDimensions, sobol } from './sobol.js';

/** Half of the open interval that quantiles are taken from; 1 would give infinite ones. */
const openWidth = 1 - Number.EPSILON;

/**
 * Quasi-random draws of independent standard normals: scrambled Sobol points through the normal quantile.
 *
 * z = Φ⁻¹(½ + (1 − ε)·(u − ½)),  ε = 2⁻⁵²
 *
 * Averages over them settle faster than over independent draws, and are the same function of what is averaged at each
 * call. Beyond 1,111 dimensions the draws are independent ones.
 *
 * @param n - number of draws; best a power of two
 * @returns row-major [n × d]
 */
export function normalDraws(n: number, d: number, seed: number): Float64Array {
  if (d === 0) return new Float64Array();
  if (d > maxSobolDimensions) {
    const random = new Generator(seed, 'normal-draws');
    return Float64Array.from({ length: n * d }, () => random.normal());
  }
  return sobol(n, d, seed).map((u) => normalQuantile(0.5 + openWidth * (u - 0.5)));
}

/**
 * `normalDraws` for several independent vectors of the given lengths: each its own dimensions of one sequence.
 *
 * Sequences with different seeds are not independent of one another: their points follow the same pattern.
 *
 * @returns for each length d row-major [n × d]
 */
export function independentNormalDraws(n: number, lengths: readonly number[], seed: number): Float64Array[] {
  const width = lengths.reduce((sum, d) => sum + d, 0);
  const all = normalDraws(n, width, seed);
  let from = 0;
  return lengths.map((d) => {
    const part = new Float64Array(n * d);
    for (let i = 0; i < n; i++) part.set(all.subarray(i * width + from, i * width + from + d), i * d);
    from += d;
    return part;
  });
}
