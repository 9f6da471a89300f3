import { exp } from '../../stats/exp.js';
import type { RadialValue } from './contract.js';

const sqrt5 = Math.sqrt(5);

/**
 * Matérn 5/2 correlation at the scaled squared distance r², and minus twice its slope, which is what gradients need.
 *
 * k = (1 + √5·r + 5/3·r²)·exp(−√5·r);  −2·dk/d(r²) = 5/3·(1 + √5·r)·exp(−√5·r)
 *
 * @param squared - r² ≥ 0
 * @see Rasmussen and Williams 2006, eq. 4.17
 */
export function matern52(squared: number): RadialValue {
  const s = sqrt5 * Math.sqrt(squared);
  const decay = exp(-s);
  return { value: (1 + s + (5 / 3) * squared) * decay, slope: (5 / 3) * (1 + s) * decay };
}
