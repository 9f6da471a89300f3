import type { ProblemFamily } from './contract.js';
import { cube, diagonal } from './contract.js';

/** Largest value of the function, at the corner of ones. */
const largest = (Math.sqrt(3) - 1) / 2 + 4 * Math.exp(1 + Math.sin(1));

/**
 * Park's first function, negated so that its maximum is to be found, with one fidelity s in [0, 1].
 *
 * f(x) = −[s·h(x) + (1 − s)·l(x)],
 * h(x) = (√(x₁² + (x₂ + x₃²)·x₄) − x₁)/2 + (x₁ + 3·x₄)·exp(1 + sin x₃),
 * l(x) = (1 + sin(x₁)/10)·h(x) − 2·x₁ + x₂² + x₃² + 1/2
 *
 * The first term is usually written with a division by x₁, which must not be 0 then.
 *
 * @see Cox, Park and Singer 2001 (h); Xiong, Qian and Wu 2013, doi:10.1080/00401706.2012.723572 (l); Surjanovic and
 *   Bingham, Virtual Library of Simulation Experiments, `park91a`
 */
export const augmentedPark: ProblemFamily = {
  name: 'augmentedPark',
  dims: { least: 4, most: 4, usual: 4 },
  of: () => ({
    name: 'augmentedPark',
    bounds: cube(4, 0, 1),
    fidelityInputs: 1,
    minimum: -largest,
    minimisers: [diagonal(4, 1)],
    evaluate: ([x1, x2, x3, x4], [fidelity]) => {
      const root = Math.sqrt(x1! ** 2 + (x2! + x3! ** 2) * x4!);
      const high = (root - x1!) / 2 + (x1! + 3 * x4!) * Math.exp(1 + Math.sin(x3!));
      const low = (1 + Math.sin(x1!) / 10) * high - 2 * x1! + x2! ** 2 + x3! ** 2 + 0.5;
      return -(fidelity! * high + (1 - fidelity!) * low);
    },
  }),
};
