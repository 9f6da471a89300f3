import type { ProblemFamily } from './contract.js';
import { cube, diagonal } from './contract.js';

/**
 * Rosenbrock's valley: easy to find, hard to follow.
 *
 * f(x) = Σᵢ 100·(xᵢ₊₁ − xᵢ²)² + (xᵢ − 1)²
 *
 * @see Surjanovic and Bingham, Virtual Library of Simulation Experiments, `rosen`
 */
export const rosenbrock: ProblemFamily = {
  name: 'rosenbrock',
  dims: { least: 2, most: 100, usual: 2 },
  of: (dims) => ({
    name: 'rosenbrock',
    bounds: cube(dims, -5, 10),
    fidelityInputs: 0,
    minimum: 0,
    minimisers: [diagonal(dims, 1)],
    evaluate: (x) => value(x, 0, 0),
  }),
};

/**
 * Rosenbrock's valley with two fidelities s, t in [0, 1], which shift both squares.
 *
 * f(x, s, t) = Σᵢ 100·(xᵢ₊₁ − xᵢ² + 0.1·(1 − s))² + (xᵢ − 1 + 0.1·(1 − t)²)²
 *
 * @see Wu et al. 2019, arXiv:1903.04703, section 5; BoTorch `AugmentedRosenbrock`
 */
export const augmentedRosenbrock: ProblemFamily = {
  name: 'augmentedRosenbrock',
  dims: { least: 2, most: 100, usual: 2 },
  of: (dims) => ({
    name: 'augmentedRosenbrock',
    bounds: cube(dims, -5, 10),
    fidelityInputs: 2,
    minimum: 0,
    minimisers: [diagonal(dims, 1)],
    evaluate: (x, [s, t]) => value(x, 0.1 * (1 - s!), 0.1 * (1 - t!) ** 2),
  }),
};

function value(x: readonly number[], first: number, second: number): number {
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) sum += 100 * (x[i + 1]! - x[i]! ** 2 + first) ** 2 + (x[i]! - 1 + second) ** 2;
  return sum;
}
