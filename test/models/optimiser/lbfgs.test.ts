import { describe, expect, it } from 'vitest';
import { minimise, type Objective } from '../../../models/optimiser/lbfgs.js';

const rosenbrock: Objective = (x, gradient) => {
  gradient[0] = -2 * (1 - x[0]!) - 400 * x[0]! * (x[1]! - x[0]! ** 2);
  gradient[1] = 200 * (x[1]! - x[0]! ** 2);
  return (1 - x[0]!) ** 2 + 100 * (x[1]! - x[0]! ** 2) ** 2;
};

describe('minimise', () => {
  it('finds the minimum of Rosenbrock inside the box', () => {
    const { x, value } = minimise(
      rosenbrock,
      Float64Array.of(-1.2, 1),
      [Float64Array.of(-2, -2), Float64Array.of(2, 2)],
      {
        maxIterations: 200,
        valueTolerance: 1e-14,
      },
    );
    expect(value).toBeLessThan(1e-8);
    expect(x[0]).toBeCloseTo(1, 3);
  });

  it('finds the constrained minimum where the box cuts the valley', () => {
    // With x ≤ 0.5 the minimum lies at (0.5, 0.25): value 0.25.
    const { x, value } = minimise(
      rosenbrock,
      Float64Array.of(-1.2, 1),
      [Float64Array.of(-2, -2), Float64Array.of(0.5, 2)],
      {
        maxIterations: 200,
      },
    );
    expect(x[0]).toBe(0.5);
    expect(x[1]).toBeCloseTo(0.25, 4);
    expect(value).toBeCloseTo(0.25, 6);
  });

  it('keeps fixed coordinates, steps back from values that are not finite, and never leaves the box', () => {
    const seen: number[] = [];
    const { x } = minimise(
      (point, gradient) => {
        seen.push(point[0]!);
        gradient[0] = point[0]! - 3;
        gradient[1] = 1;
        return point[0]! > 2.5 ? Number.POSITIVE_INFINITY : 0.5 * (point[0]! - 3) ** 2 + point[1]!;
      },
      Float64Array.of(0, 0.3),
      [Float64Array.of(-1, 0.3), Float64Array.of(4, 0.3)],
      { maxIterations: 50 },
    );
    expect(x[1]).toBe(0.3);
    expect(x[0]).toBeGreaterThan(2);
    expect(seen.every((value) => value >= -1 && value <= 4)).toBe(true);
  });

  it('takes the step that a measured curvature promises, and ends where it promises nothing', () => {
    const asked: number[] = [];
    const bowl: Objective = (x, gradient) => {
      asked.push(x[0]!);
      gradient[0] = 4 * (x[0]! - 1);
      return 2 * (x[0]! - 1) ** 2 + 7;
    };
    const box = [Float64Array.of(-9), Float64Array.of(9)] as const;
    const curvature = { hessian: Float64Array.of(4), pairs: [], measured: true };
    const options = { maxIterations: 50, curvature, gradientTolerance: 1e-9 };
    expect(minimise(bowl, Float64Array.of(-5), box, options).x[0]).toBe(1);
    expect(asked).toEqual([-5, 1]);
    asked.length = 0;
    // It promises ½·0.004²/4, which is less than a millionth of 7.
    minimise(bowl, Float64Array.of(1.001), box, { ...options, valueTolerance: 1e-6 });
    expect(asked).toEqual([1.001]);
    asked.length = 0;
    minimise(bowl, Float64Array.of(-5), box, { ...options, longestStep: 2 });
    expect(asked).toEqual([-5, -3, -1, 1]);
  });

  it('is not stopped by what was only predicted, and gives up steps that lead up', () => {
    const flat = { hessian: Float64Array.of(1e12, 0, 0, 1e12), pairs: [], measured: false };
    const box = [Float64Array.of(-2, -2), Float64Array.of(2, 2)] as const;
    const { x } = minimise(rosenbrock, Float64Array.of(-1.2, 1), box, {
      maxIterations: 300,
      valueTolerance: -1,
      curvature: flat,
    });
    expect(x[0]).toBeCloseTo(1, 3);
    const wrong = [{ s: Float64Array.of(1, 1), y: Float64Array.of(1, -0.999), rho: 1000 }];
    const found = minimise(rosenbrock, Float64Array.of(-1.2, 1), box, {
      maxIterations: 300,
      valueTolerance: 1e-14,
      curvature: { hessian: Float64Array.of(1, 0, 0, 1), pairs: wrong, measured: true },
    });
    expect(found.x[0]).toBeCloseTo(1, 2);
  });
});
