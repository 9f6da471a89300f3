import { describe, expect, it } from 'vitest';
import { selectDesigns } from '../../../../models/encode/encoded-designs.js';
import type { TrainingSet } from '../../../../models/surrogate/contract.js';
import { linearTerm } from '../../../../models/surrogate/kinds/linear-term.js';
import { someDesigns } from '../../../support/encoded.js';

const low = (x: number) => Math.sin(20 * x) + Math.cos(33 * x);
const high = (x: number) => 10 - 3 * low(x) + x;
const options = { seed: 1, previous: null, optimise: true };

/** A wiggly cheap level known at 60 designs, and a target that follows it upside down, known at 6. */
function trainingSet(levelCount = 2): TrainingSet {
  const designs = someDesigns(66, { numeric: 1 }, 3);
  const levels = Int32Array.from({ length: 66 }, (_, i) => (i < 60 ? 0 : levelCount - 1));
  const losses = Float64Array.from(levels, (level, i) => (level === 0 ? low : high)(designs.numeric[i]!));
  return { designs, levels, losses, levelCount, finite: false };
}

describe('target with lower levels as linear terms', () => {
  const points = someDesigns(40, { numeric: 1 }, 4);

  it('follows a wiggly lower level, upside down, from six values', () => {
    const { mean, covariance } = linearTerm.fit(trainingSet(), options).posterior(points);
    const errors = mean[1]!.map((value, i) => Math.abs(value - high(points.numeric[i]!)));
    expect(errors.reduce((a, b) => a + b) / 40).toBeLessThan(0.3);
    expect(Math.max(...covariance[0]!)).toBeLessThan(0);
  });

  it('learns from a lower value at once, to first order as the covariance says', () => {
    const fitted = linearTerm.fit(trainingSet(), options);
    const far = selectDesigns(points, [0]);
    far.numeric[0] = 1.15;
    const { mean, variance, covariance } = fitted.posterior(far);
    const step = 0.05 * Math.sqrt(variance[0]![0]!);
    const after = fitted.condition(far, Int32Array.of(0), Float64Array.of(mean[0]![0]! + step)).posterior(far);
    const expected = (covariance[0]![0]! * step) / (variance[0]![0]! + fitted.noise[0]!);
    expect((after.mean[1]![0]! - mean[1]![0]!) / expected).toBeCloseTo(1, 1);
    expect(after.variance[1]![0]!).toBeLessThan(variance[1]![0]!);
  });

  it('knows nothing of a level with fewer than two trials', () => {
    const fitted = linearTerm.fit(trainingSet(3), options);
    const { mean, variance, covariance } = fitted.posterior(points);
    expect([mean[1]![0], variance[1]![0], covariance[1]![0]]).toEqual([0, 1, 0]);
    expect(
      fitted
        .anchored(points)
        .with(points, 1)
        .every((value) => value === 0),
    ).toBe(true);
    const alone = linearTerm.fit(trainingSet(), options).posterior(points);
    expect(mean[2]).toEqual(alone.mean[1]);
    const one = { ...trainingSet(3), levels: Int32Array.from({ length: 66 }, (_, i) => (i === 0 ? 1 : 2)) };
    const predicted = linearTerm.fit(one, options).leaveOneOut().mean;
    expect(Number.isNaN(predicted[0])).toBe(true);
    expect(predicted.slice(1).every(Number.isFinite)).toBe(true);
  });

  it('takes the noise that is known of a row, and believes a loud one little', () => {
    const loud = (variance: number) => {
      const { losses, ...rest } = trainingSet();
      const noise = Float64Array.from(losses, (_, i) => (i === 65 ? variance : 1e-6));
      return linearTerm.fit({ ...rest, losses: losses.with(65, losses[65]! + 4), noise }, options);
    };
    const here = selectDesigns(trainingSet().designs, [65]);
    const error = (variance: number) => Math.abs(loud(variance).posterior(here).mean[1]![0]! - high(here.numeric[0]!));
    expect(error(100)).toBeLessThan(0.5);
    expect(error(1e-6)).toBeGreaterThan(3);
  });
});
