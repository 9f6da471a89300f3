import { describe, expect, it } from 'vitest';
import type { Hyperparameter } from '../../../../models/kernel/contract.js';
import { cholesky } from '../../../../models/linalg/cholesky.js';
import type { Objective } from '../../../../models/optimiser/lbfgs.js';
import {
  densityCurvature,
  firstCurvature,
  forMoreRows,
} from '../../../../models/surrogate/process/density-curvature.js';

const hyperparameter = (sd: number, more: Partial<Hyperparameter> = {}): Hyperparameter => ({
  mean: 0,
  sd,
  lower: -5,
  upper: 5,
  start: 0,
  ...more,
});
const two = [hyperparameter(1), hyperparameter(2)];

/** n·½·xᵀA·x and the priors. */
const density = (n: number, [a, b, c]: readonly [number, number, number], own = two): Objective => {
  return (x, gradient) => {
    gradient[0] = n * (a * x[0]! + b * x[1]!) + x[0]! / own[0]!.sd ** 2;
    gradient[1] = n * (b * x[0]! + c * x[1]!) + x[1]! / own[1]!.sd ** 2;
    return 0.5 * (x[0]! * gradient[0]! + x[1]! * gradient[1]!);
  };
};

const at = (objective: Objective, x: Float64Array) => {
  const gradient = new Float64Array(2);
  objective(x, gradient);
  return { x, gradient };
};

describe('curvature of a density', () => {
  it('is that of the priors and the rows before anything is known', () => {
    const { hessian, measured } = firstCurvature(two, 50);
    expect([...hessian]).toEqual([6, 0, 0, 5.25]);
    expect(measured).toBe(false);
  });

  it('is measured by differences of gradients, also at a bound', () => {
    const objective = density(10, [2, 1, 3]);
    for (const x of [Float64Array.of(0.3, -0.2), Float64Array.of(5, 5)]) {
      const { hessian, measured } = densityCurvature(objective, at(objective, x), two);
      [21, 10, 10, 30.25].forEach((value, i) => {
        expect(hessian[i]).toBeCloseTo(value, 8);
      });
      expect(measured).toBe(true);
    }
  });

  it('grows with the rows, but for what the priors bring', () => {
    const few = density(10, [2, 1, 3]);
    const more = density(25, [2, 1, 3]);
    const x = Float64Array.of(0.3, -0.2);
    const s = Float64Array.of(0.1, 0.2);
    const change = (objective: Objective) =>
      at(
        objective,
        x.map((value, i) => value + s[i]!),
      ).gradient.map((g, i) => g - at(objective, x).gradient[i]!);
    const { hessian } = densityCurvature(few, at(few, x), two);
    const scaled = forMoreRows({ hessian, pairs: [{ s, y: change(few), rho: 1 }], measured: true }, two, 2.5);
    densityCurvature(more, at(more, x), two).hessian.forEach((value, i) => {
      expect(scaled.hessian[i]).toBeCloseTo(value, 6);
    });
    change(more).forEach((value, i) => {
      expect(scaled.pairs[0]!.y[i]).toBeCloseTo(value, 10);
    });
    expect(scaled.pairs[0]!.rho).toBeCloseTo(1 / (0.1 * change(more)[0]! + 0.2 * change(more)[1]!), 10);
  });

  it.each([
    [-1, 0, 1],
    [1, 4, 1],
    [0, 0, 0],
    [-1e9, 0, 1],
  ] as const)('is positive definite where the density is not: %s %s %s', (...A) => {
    const objective = density(10, A);
    const measured = densityCurvature(objective, at(objective, Float64Array.of(0.1, 0.1)), two);
    expect(cholesky(measured.hessian, 2).jitter).toBe(0);
    expect(cholesky(forMoreRows(measured, two, 2).hessian, 2).jitter).toBe(0);
  });

  it('leaves a hyperparameter that cannot move, or a wall, to the prior', () => {
    const fixed = [hyperparameter(1), hyperparameter(2, { lower: 1, upper: 1 })];
    const x = Float64Array.of(0.3, 1);
    const objective = density(10, [2, 1, 3], fixed);
    expect(densityCurvature(objective, at(objective, x), fixed).hessian[3]).toBeCloseTo(0.25, 12);
    const walled: Objective = (point, gradient) =>
      point[1]! > 1 ? Number.POSITIVE_INFINITY : objective(point, gradient);
    expect(densityCurvature(walled, at(walled, x), two).hessian[3]).toBeCloseTo(0.25, 12);
  });
});
