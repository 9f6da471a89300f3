import type { ProblemFamily } from './contract.js';
import { cube } from './contract.js';

const alpha = [1, 1.2, 3, 3.2];

const a3 = [
  [3, 10, 30],
  [0.1, 10, 35],
  [3, 10, 30],
  [0.1, 10, 35],
];
const p3 = [
  [3689, 1170, 2673],
  [4699, 4387, 7470],
  [1091, 8732, 5547],
  [381, 5743, 8828],
];
const a6 = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const p6 = [
  [1312, 1696, 5569, 124, 8283, 5886],
  [2329, 4135, 8307, 3736, 1004, 9991],
  [2348, 1451, 3522, 2883, 3047, 6650],
  [4047, 8828, 8732, 5743, 1091, 381],
];

const minimum3 = -3.8627797869493365;
const minimiser3 = [0.114614, 0.555649, 0.852547];
const minimum6 = -3.3223680114155147;
const minimiser6 = [0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573];

/**
 * Hartmann's function in three dimensions, four local minima.
 *
 * f(x) = −Σᵢ αᵢ·exp(−Σⱼ Aᵢⱼ·(xⱼ − Pᵢⱼ)²)
 *
 * @see Hartman 1973; Surjanovic and Bingham, Virtual Library of Simulation Experiments, `hart3`
 */
export const hartmann3: ProblemFamily = {
  name: 'hartmann3',
  dims: { least: 3, most: 3, usual: 3 },
  of: () => ({
    name: 'hartmann3',
    bounds: cube(3, 0, 1),
    fidelityInputs: 0,
    minimum: minimum3,
    minimisers: [minimiser3],
    evaluate: (x) => value(x, a3, p3, 0),
  }),
};

/**
 * Hartmann's function in six dimensions, six local minima.
 *
 * @see Surjanovic and Bingham, Virtual Library of Simulation Experiments, `hart6`
 */
export const hartmann6: ProblemFamily = {
  name: 'hartmann6',
  dims: { least: 6, most: 6, usual: 6 },
  of: () => ({
    name: 'hartmann6',
    bounds: cube(6, 0, 1),
    fidelityInputs: 0,
    minimum: minimum6,
    minimisers: [minimiser6],
    evaluate: (x) => value(x, a6, p6, 0),
  }),
};

/**
 * Hartmann's function in six dimensions with one fidelity s in [0, 1]: α₁ becomes α₁ − 0.1·(1 − s).
 *
 * @see Wu et al. 2019, arXiv:1903.04703, section 5; BoTorch `AugmentedHartmann`
 */
export const augmentedHartmann6: ProblemFamily = {
  name: 'augmentedHartmann6',
  dims: { least: 6, most: 6, usual: 6 },
  of: () => ({
    name: 'augmentedHartmann6',
    bounds: cube(6, 0, 1),
    fidelityInputs: 1,
    minimum: minimum6,
    minimisers: [minimiser6],
    evaluate: (x, [fidelity]) => value(x, a6, p6, 0.1 * (1 - fidelity!)),
  }),
};

/** @param lost - what is taken from the first weight */
function value(x: readonly number[], a: readonly number[][], p: readonly number[][], lost: number): number {
  let sum = 0;
  for (let i = 0; i < alpha.length; i++) {
    let square = 0;
    for (let j = 0; j < x.length; j++) square += a[i]![j]! * (x[j]! - 1e-4 * p[i]![j]!) ** 2;
    sum -= (alpha[i]! - (i === 0 ? lost : 0)) * Math.exp(-square);
  }
  return sum;
}
