import { describe, expect, it } from 'vitest';
import { logPi } from '../../../models/acquisition/log-pi.js';
import { Generator } from '../../../models/random/generator.js';
import { elsewhere, target } from '../../support/acquisition-input.js';

describe('log PI × ρ² per cost', () => {
  it('is the log of the share of normal draws below the incumbent, within five standard errors', () => {
    const random = new Generator(8);
    const n = 100_000;
    let below = 0;
    for (let i = 0; i < n; i++) if (target.mean + 0.7 * random.normal() < target.incumbent) below++;
    const share = Math.exp(logPi.evaluate(target).value);
    expect(Math.abs(below / n - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / n));
  });

  it('takes off the log of the cost, and of the squared correlation at a lower fidelity', () => {
    const { value } = logPi.evaluate(target);
    expect(logPi.evaluate({ ...target, cost: 4 }).value).toBeCloseTo(value - Math.log(4), 12);
    expect(logPi.evaluate(elsewhere).value).toBeCloseTo(value + Math.log(0.5 ** 2 / (0.49 * 1.1)), 12);
  });

  it('goes to log 1 where improvement is sure, and keeps a slope where it is all but impossible', () => {
    expect(logPi.evaluate({ ...target, mean: -100 }).value).toBeCloseTo(0, 15);
    // φ/Φ is −u far in the tail: the slope by the mean is u/σ.
    const far = logPi.evaluate({ ...target, mean: 1e6 });
    expect(far.byMean / (-(1e6 - 0.2) / 0.49)).toBeCloseTo(1, 10);
  });
});
