import { branin } from '../branin.js';
import { cube } from '../contract.js';
import type { SeveralProblem } from './contract.js';

const first = branin.of(2);

/**
 * Branin's function, its inputs brought to [0, 1], and Currin's:
 *
 * f₂(x) = (1 − exp(−1/(2x₂)))·(2300x₁³ + 1900x₁² + 2092x₁ + 60)/(100x₁³ + 500x₁² + 4x₁ + 20)
 *
 * @see Belakaria, Deshwal and Doppa 2019 (MESMO); BoTorch `BraninCurrin`, from which reference point and hypervolume are
 */
export const braninCurrin: SeveralProblem = {
  name: 'braninCurrin',
  bounds: cube(2, 0, 1),
  reference: [18, 6],
  hypervolume: 59.36011874867746,
  evaluate: ([x1, x2]) => [
    first.evaluate(
      first.bounds.map(([low, high], k) => low + [x1!, x2!][k]! * (high - low)),
      [],
    ),
    currin(x1!, x2!),
  ],
};

function currin(x1: number, x2: number): number {
  const factor = x2 === 0 ? 1 : 1 - Math.exp(-1 / (2 * x2));
  const [square, third] = [x1 * x1, x1 * x1 * x1];
  return (factor * (2300 * third + 1900 * square + 2092 * x1 + 60)) / (100 * third + 500 * square + 4 * x1 + 20);
}
