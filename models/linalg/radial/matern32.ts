import { exp } from '../../stats/exp.js';
import type { RadialValue } from './contract.js';

const sqrt3 = Math.sqrt(3);

/**
 * Matérn 3/2 correlation at the scaled squared distance r², and minus twice its slope, which is what gradients need.
 *
 * k = (1 + √3·r)·exp(−√3·r);  −2·dk/d(r²) = 3·exp(−√3·r), 3 at r = 0
 *
 * @param squared - r² ≥ 0
 * @see Rasmussen and Williams 2006, eq. 4.17
 */
export function matern32(squared: number): RadialValue {
  const s = sqrt3 * Math.sqrt(squared);
  const decay = exp(-s);
  return { value: (1 + s) * decay, slope: 3 * decay };
}
