import { describe, expect, it } from 'vitest';
import { logEiPerCost } from '../../../models/acquisition/log-ei-per-cost.js';
import { Generator } from '../../../models/random/generator.js';
import { target as at } from '../../support/acquisition-input.js';

describe('log EI × ρ² per cost', () => {
  it('is the log of the expected improvement at the target, within five standard errors of Monte Carlo', () => {
    const random = new Generator(5);
    const n = 200_000;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const gain = Math.max(0, at.incumbent - (at.mean + 0.7 * random.normal()));
      sum += gain;
      squares += gain * gain;
    }
    const mean = sum / n;
    const error = Math.sqrt((squares / n - mean * mean) / n);
    expect(Math.abs(Math.exp(logEiPerCost.evaluate(at).value) - mean)).toBeLessThan(5 * error);
  });

  it('takes off the log of the cost, and of the squared correlation at a lower fidelity', () => {
    const { value } = logEiPerCost.evaluate(at);
    expect(logEiPerCost.evaluate({ ...at, cost: 4 }).value).toBeCloseTo(value - Math.log(4), 12);
    const squared = 0.5 ** 2 / (0.49 * 1.1);
    expect(logEiPerCost.evaluate({ ...at, isTarget: false }).value).toBeCloseTo(value + Math.log(squared), 12);
  });

  it('never asks for a fidelity that tells nothing', () => {
    expect(logEiPerCost.evaluate({ ...at, isTarget: false, covariance: 0 }).value).toBe(Number.NEGATIVE_INFINITY);
  });
});
