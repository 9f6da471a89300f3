import { describe, expect, it } from 'vitest';
import { ucb } from '../../../models/acquisition/ucb.js';
import { elsewhere, target } from '../../support/acquisition-input.js';

describe('confidence bound', () => {
  it('is two standard deviations below the mean, turned round', () => {
    expect(ucb.evaluate(target).value).toBeCloseTo(-(0.5 - 2 * 0.7), 14);
  });

  it('moves with the zero of the loss and knows neither costs nor the incumbent', () => {
    for (const input of [target, elsewhere]) {
      const { value } = ucb.evaluate(input);
      expect(ucb.evaluate({ ...input, mean: input.mean + 10 }).value).toBeCloseTo(value - 10, 12);
      expect(ucb.evaluate({ ...input, cost: 100, incumbent: -3 }).value).toBe(value);
    }
  });

  it('counts elsewhere what a measurement there reveals, of either sign, and never more than at the target', () => {
    const revealed = 0.5 / Math.sqrt(1.1);
    expect(ucb.evaluate(elsewhere).value).toBeCloseTo(2 * revealed - 0.5, 14);
    const opposite = ucb.evaluate({ ...elsewhere, covariance: -0.5 });
    expect(opposite.value).toBe(ucb.evaluate(elsewhere).value);
    expect(opposite.byCovariance).toBe(-ucb.evaluate(elsewhere).byCovariance);
    // The largest covariance there can be, and no noise.
    const perfect = ucb.evaluate({ ...elsewhere, covariance: 0.7, noise: 0 });
    expect(perfect.value).toBeLessThanOrEqual(ucb.evaluate(target).value);
  });
});
