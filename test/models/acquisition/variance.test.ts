import { describe, expect, it } from 'vitest';
import { variance } from '../../../models/acquisition/variance.js';
import { elsewhere, target } from '../../support/acquisition-input.js';

describe('posterior variance, for active learning', () => {
  it('is the log of the target variance per cost, whatever the mean', () => {
    expect(variance.evaluate(target).value).toBeCloseTo(Math.log(0.49), 14);
    expect(variance.evaluate({ ...target, mean: 50, incumbent: -9, cost: 2 }).value).toBeCloseTo(Math.log(0.245), 14);
  });

  it('is elsewhere what a measurement there takes off the target variance', () => {
    // Var[f] − Var[f | y] = cov²/(σ_l² + noise_l), from the conditional of two joint normals.
    expect(variance.evaluate(elsewhere).value).toBeCloseTo(Math.log(0.25 / 1.1), 13);
    expect(variance.evaluate({ ...elsewhere, cost: 0.1 }).value).toBeCloseTo(Math.log(2.5 / 1.1), 13);
    expect(variance.evaluate({ ...elsewhere, covariance: 0 }).value).toBe(Number.NEGATIVE_INFINITY);
  });

  it('ranks alike in every unit of the loss', () => {
    const scaled = { ...target, variance: 0.49e-12 };
    expect(variance.evaluate(scaled).value).toBeCloseTo(variance.evaluate(target).value - Math.log(1e12), 10);
  });
});
