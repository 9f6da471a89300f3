import type { Problem, ProblemFamily } from './contract.js';

const b = 5.1 / (4 * Math.PI ** 2);
const c = 5 / Math.PI;
const r = 6;
const s = 10;
const t = 1 / (8 * Math.PI);

const bounds: Problem['bounds'] = [
  [-5, 10],
  [0, 15],
];
/** The minimum is 10/(8π): at the minimisers the square is zero and cos(x₁) = −1. */
const minimum = s * t;
const minimisers = [
  [-Math.PI, 12.275],
  [Math.PI, 2.275],
  [3 * Math.PI, 2.475],
];

/**
 * Branin's function: three equal minima in two dimensions.
 *
 * f(x) = (x₂ − b·x₁² + c·x₁ − 6)² + 10·(1 − t)·cos x₁ + 10,  b = 5.1/(4π²), c = 5/π, t = 1/(8π)
 *
 * @see Dixon and Szegö 1978; Surjanovic and Bingham, Virtual Library of Simulation Experiments, `branin`
 */
export const branin: ProblemFamily = {
  name: 'branin',
  dims: { least: 2, most: 2, usual: 2 },
  of: () => ({
    name: 'branin',
    bounds,
    fidelityInputs: 0,
    minimum,
    minimisers,
    evaluate: ([x1, x2]) => value(x1!, x2!, b),
  }),
};

/**
 * Branin's function with one fidelity s in [0, 1]: the coefficient b becomes b − 0.1·(1 − s).
 *
 * @see Wu et al. 2019, arXiv:1903.04703, section 5; BoTorch `AugmentedBranin`
 */
export const augmentedBranin: ProblemFamily = {
  name: 'augmentedBranin',
  dims: { least: 2, most: 2, usual: 2 },
  of: () => ({
    name: 'augmentedBranin',
    bounds,
    fidelityInputs: 1,
    minimum,
    minimisers,
    evaluate: ([x1, x2], [fidelity]) => value(x1!, x2!, b - 0.1 * (1 - fidelity!)),
  }),
};

function value(x1: number, x2: number, curvature: number): number {
  return (x2 - curvature * x1 ** 2 + c * x1 - r) ** 2 + s * (1 - t) * Math.cos(x1) + s;
}
