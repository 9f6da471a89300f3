import { cube } from '../contract.js';
import type { SeveralProblem } from './contract.js';

/**
 * DTLZ2 of two objectives, whose best front is a quarter of the unit circle:
 *
 * f = (1 + g)·(cos(x₁π/2), sin(x₁π/2)),  g = Σ_{i>1} (x_i − ½)²
 *
 * The hypervolume of the front from (1.1, 1.1) is 1.1² − π/4.
 *
 * @see Deb et al. 2005, Scalable test problems for evolutionary multiobjective optimization
 * @param dims - number of inputs, 2 or more
 */
export function dtlz2(dims: number): SeveralProblem {
  return {
    name: 'dtlz2',
    bounds: cube(dims, 0, 1),
    reference: [1.1, 1.1],
    hypervolume: 1.1 ** 2 - Math.PI / 4,
    evaluate: ([x1, ...others]) => {
      const radius = 1 + others.reduce((sum, x) => sum + (x - 0.5) ** 2, 0);
      const angle = (x1! * Math.PI) / 2;
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    },
  };
}
