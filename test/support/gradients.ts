import { expect } from 'vitest';
import type { Objective } from '../../models/optimiser/lbfgs.js';

/** Expects the gradient that an objective gives to agree with its central differences, to 1e-5 of each. */
export function expectGradient(objective: Objective, theta: Float64Array): void {
  const gradient = new Float64Array(theta.length);
  expect(Number.isFinite(objective(theta, gradient))).toBe(true);
  for (let q = 0; q < theta.length; q++) {
    const at = (by: number) =>
      objective(
        theta.map((value, i) => (i === q ? value + by : value)),
        new Float64Array(theta.length),
      );
    const difference = (at(1e-5) - at(-1e-5)) / 2e-5;
    expect(Math.abs(gradient[q]! - difference), `entry ${q}`).toBeLessThan(1e-5 * Math.max(1, Math.abs(difference)));
  }
}
