import { describe, expect, it } from 'vitest';
import type { TrainingSet } from '../../../../models/surrogate/contract.js';
import { linearTruncatedGp } from '../../../../models/surrogate/kinds/linear-truncated.js';
import { someDesigns } from '../../../support/encoded.js';

/** A loss that comes to its limit as the fidelity s comes to 1. */
const truth = (x: number, s: number) => 3 + Math.sin(7 * x) + (1 - s) * (0.6 - x);

function trainingSet(numbers: readonly number[], counts: readonly number[]): TrainingSet {
  const levels = Int32Array.from(counts.flatMap((count, level) => new Array<number>(count).fill(level)));
  const designs = someDesigns(levels.length, { numeric: 1 }, 12);
  const losses = Float64Array.from(levels, (level, i) => truth(designs.numeric[i]!, numbers[level]!));
  return { designs, levels, losses, levelCount: numbers.length, finite: false, levelNumbers: numbers };
}

describe('linear-truncated process', () => {
  const options = { seed: 1, previous: null, optimise: true };
  const points = someDesigns(30, { numeric: 1 }, 13);

  it('believes a level the more the nearer it is to the target', () => {
    const correlation = (near: number) => {
      const training = trainingSet([near, 1], [12, 4]);
      const { variance, covariance } = linearTruncatedGp.fit(training, options).posterior(points);
      return points.numeric.reduce(
        (sum, _, i) => sum + covariance[0]![i]! / Math.sqrt(variance[0]![i]! * variance[1]![i]!) / points.n,
        0,
      );
    };
    expect(correlation(0.95)).toBeGreaterThan(correlation(0.05));
  });

  it('learns the target from three rows and many at two lower levels', () => {
    const { mean } = linearTruncatedGp.fit(trainingSet([0, 0.6, 1], [15, 10, 3]), options).posterior(points);
    mean[2]!.forEach((value, i) => {
      expect(Math.abs(value - truth(points.numeric[i]!, 1))).toBeLessThan(0.25);
    });
  });

  it('spaces levels evenly where no numbers are given', () => {
    const { levelNumbers, ...rest } = trainingSet([0, 0.5, 1], [8, 6, 4]);
    const given = linearTruncatedGp.fit({ ...rest, levelNumbers: levelNumbers! }, options);
    expect(linearTruncatedGp.fit(rest, options).posterior(points)).toEqual(given.posterior(points));
  });
});
