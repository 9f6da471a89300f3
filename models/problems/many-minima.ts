import type { ProblemFamily } from './contract.js';
import { cube, diagonal } from './contract.js';

/**
 * Ackley's function: a deep hole at the origin in a plain of small ones; any number of inputs.
 *
 * f(x) = −20·exp(−0.2·√(Σ xᵢ²/d)) − exp(Σ cos(2π·xᵢ)/d) + 20 + e
 *
 * @see Ackley 1987; Surjanovic and Bingham, Virtual Library of Simulation Experiments, `ackley`
 */
export const ackley: ProblemFamily = {
  name: 'ackley',
  dims: { least: 1, most: 100, usual: 2 },
  of: (dims) => ({
    name: 'ackley',
    bounds: cube(dims, -32.768, 32.768),
    fidelityInputs: 0,
    minimum: 0,
    minimisers: [diagonal(dims, 0)],
    evaluate: (x) => {
      const square = mean(x, (v) => v * v);
      const wave = mean(x, (v) => Math.cos(2 * Math.PI * v));
      return -20 * Math.exp(-0.2 * Math.sqrt(square)) - Math.exp(wave) + 20 + Math.E;
    },
  }),
};

/**
 * Lévy's function no. 3, any number of inputs.
 *
 * f(x) = sin²(π·w₁) + Σᵢ₌₁..d₋₁ (wᵢ − 1)²·(1 + 10·sin²(π·wᵢ + 1)) + (w_d − 1)²·(1 + sin²(2π·w_d)),  wᵢ = 1 + (xᵢ − 1)/4
 *
 * @see Laguna and Martí 2005; Surjanovic and Bingham, Virtual Library of Simulation Experiments, `levy`
 */
export const levy: ProblemFamily = {
  name: 'levy',
  dims: { least: 1, most: 100, usual: 2 },
  of: (dims) => ({
    name: 'levy',
    bounds: cube(dims, -10, 10),
    fidelityInputs: 0,
    minimum: 0,
    minimisers: [diagonal(dims, 1)],
    evaluate: (x) => {
      const w = x.map((v) => 1 + (v - 1) / 4);
      const last = w[w.length - 1]!;
      let sum = Math.sin(Math.PI * w[0]!) ** 2 + (last - 1) ** 2 * (1 + Math.sin(2 * Math.PI * last) ** 2);
      for (let i = 0; i + 1 < w.length; i++) sum += (w[i]! - 1) ** 2 * (1 + 10 * Math.sin(Math.PI * w[i]! + 1) ** 2);
      return sum;
    },
  }),
};

/**
 * Rastrigin's function: a bowl with a regular grid of minima; any number of inputs.
 *
 * f(x) = 10·d + Σ xᵢ² − 10·cos(2π·xᵢ)
 *
 * @see Surjanovic and Bingham, Virtual Library of Simulation Experiments, `rastr`
 */
export const rastrigin: ProblemFamily = {
  name: 'rastrigin',
  dims: { least: 1, most: 100, usual: 2 },
  of: (dims) => ({
    name: 'rastrigin',
    bounds: cube(dims, -5.12, 5.12),
    fidelityInputs: 0,
    minimum: 0,
    minimisers: [diagonal(dims, 0)],
    evaluate: (x) => x.reduce((sum, v) => sum + v * v - 10 * Math.cos(2 * Math.PI * v), 10 * dims),
  }),
};

/**
 * Griewank's function: a wide bowl with fine waves; any number of inputs.
 *
 * f(x) = Σ xᵢ²/4000 − Π cos(xᵢ/√i) + 1
 *
 * @see Surjanovic and Bingham, Virtual Library of Simulation Experiments, `griewank`
 */
export const griewank: ProblemFamily = {
  name: 'griewank',
  dims: { least: 1, most: 100, usual: 2 },
  of: (dims) => ({
    name: 'griewank',
    bounds: cube(dims, -600, 600),
    fidelityInputs: 0,
    minimum: 0,
    minimisers: [diagonal(dims, 0)],
    evaluate: (x) => {
      const bowl = x.reduce((sum, v) => sum + (v * v) / 4000, 0);
      return bowl - x.reduce((product, v, i) => product * Math.cos(v / Math.sqrt(i + 1)), 1) + 1;
    },
  }),
};

/** Minimiser of one term of Styblinski and Tang, root of 4v³ − 32v + 5 by Newton's method in double precision. */
const styblinskiTangPlace = -2.903534027771177;
const styblinskiTangTerm = (styblinskiTangPlace ** 4 - 16 * styblinskiTangPlace ** 2 + 5 * styblinskiTangPlace) / 2;

/**
 * Styblinski and Tang's function: 2ᵈ minima, one of them lowest; any number of inputs.
 *
 * f(x) = Σ (xᵢ⁴ − 16·xᵢ² + 5·xᵢ)/2
 *
 * @see Styblinski and Tang 1990; Surjanovic and Bingham, Virtual Library of Simulation Experiments, `stybtang`
 */
export const styblinskiTang: ProblemFamily = {
  name: 'styblinskiTang',
  dims: { least: 1, most: 100, usual: 2 },
  of: (dims) => ({
    name: 'styblinskiTang',
    bounds: cube(dims, -5, 5),
    fidelityInputs: 0,
    minimum: dims * styblinskiTangTerm,
    minimisers: [diagonal(dims, styblinskiTangPlace)],
    evaluate: (x) => x.reduce((sum, v) => sum + (v ** 4 - 16 * v ** 2 + 5 * v) / 2, 0),
  }),
};

function mean(x: readonly number[], of: (value: number) => number): number {
  return x.reduce((sum, v) => sum + of(v), 0) / x.length;
}
