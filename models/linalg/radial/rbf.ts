import { exp } from '../../stats/exp.js';
import type { RadialValue } from './contract.js';

/**
 * Radial basis function (squared exponential) correlation at the scaled squared distance r², and minus twice its slope.
 *
 * k = exp(−r²/2);  −2·dk/d(r²) = exp(−r²/2)
 *
 * @param squared - r² ≥ 0
 * @see Rasmussen and Williams 2006, eq. 4.9
 */
export function rbf(squared: number): RadialValue {
  const value = exp(-0.5 * squared);
  return { value, slope: value };
}
