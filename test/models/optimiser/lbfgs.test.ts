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
});
