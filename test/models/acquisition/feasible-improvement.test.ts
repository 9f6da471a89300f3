import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logFeasibleEi, qLogFeasibleEi } from '../../../models/acquisition/feasible-improvement.js';
import { logEi } from '../../../models/acquisition/internal/log-ei.js';
import { Generator } from '../../../models/random/generator.js';
import { independentNormalDraws } from '../../../models/random/normal-draws.js';

const loss = { mean: 0.4, variance: 0.6 };
const outcomes = [
  { mean: 12, variance: 9, bound: 10 },
  { mean: -1, variance: 0.04, bound: -0.9 },
];

describe('feasible improvement', () => {
  it('is the average over draws, to five standard errors', () => {
    const random = new Generator(3, 'draws');
    const draws = 40_000;
    let [sum, squares] = [0, 0];
    for (let s = 0; s < draws; s++) {
      const improvement = Math.max(0, 0.5 - (loss.mean + Math.sqrt(loss.variance) * random.normal()));
      const isWithin = outcomes.map((one) => one.mean + Math.sqrt(one.variance) * random.normal() <= one.bound);
      const worth = isWithin.every(Boolean) ? improvement : 0;
      sum += worth;
      squares += worth * worth;
    }
    const mean = sum / draws;
    const error = Math.sqrt((squares / draws - mean * mean) / draws);
    expect(Math.abs(Math.exp(logFeasibleEi(0.5, loss, outcomes).value) - mean)).toBeLessThan(5 * error);
  });

  it('has derivatives that agree with central differences, also far from feasible', () => {
    const numbers = fc.double({ min: -20, max: 20, noNaN: true });
    const check = (mean: number, bound: number) => {
      const at = (by: number, to: 'mean' | 'variance') => {
        const outcome = { mean, variance: 1.7, bound };
        return logFeasibleEi(0.5, loss, [{ ...outcome, [to]: outcome[to] + by }]).value;
      };
      const { byOutcomes } = logFeasibleEi(0.5, loss, [{ mean, variance: 1.7, bound }]);
      for (const [to, slope] of [
        ['mean', byOutcomes[0]!.byMean],
        ['variance', byOutcomes[0]!.byVariance],
      ] as const) {
        const difference = (at(1e-5, to) - at(-1e-5, to)) / 2e-5;
        expect(Math.abs(slope - difference)).toBeLessThan(1e-5 * Math.max(1, Math.abs(difference)));
      }
    };
    fc.assert(fc.property(numbers, numbers, check), { seed: 5, numRuns: 60 });
  });

  it('without outcomes is the improvement', () => {
    expect(logFeasibleEi(0.5, loss, [])).toMatchObject(logEi(0.5, loss.mean, loss.variance));
  });
});

describe('feasible improvement of several designs', () => {
  const bases = independentNormalDraws(4096, [1, 1, 1], 9);
  const normal = ({ mean, variance }: { mean: number; variance: number }, base: Float64Array) => ({
    mean: Float64Array.of(mean),
    covariance: Float64Array.of(variance),
    base,
  });
  const bounded = (unit: number) =>
    outcomes.map((one, j) => ({ outcome: normal(one, bases[j + 1]!), bound: one.bound, unit }));

  it('of one design agrees with the closed form, to five standard errors of as many independent draws', () => {
    const closed = logFeasibleEi(0.5, loss, outcomes).value;
    const { value } = qLogFeasibleEi(normal(loss, bases[0]!), 0.5, bounded(0.2));
    // Relative error of one draw: E[w²]/E[w]² − 1, with E[improvement²] = σ²((1 + u²)·Φ(u) + u·φ(u)), u = 0.129.
    const u = 0.1 / Math.sqrt(0.6);
    const second = 0.6 * ((1 + u * u) * 0.5514 + u * 0.3956);
    const within = [0.2525, 0.6915];
    const relative = (second * within[0]! * within[1]!) / Math.exp(closed) ** 2 - 1;
    expect(Math.abs(value - closed)).toBeLessThan(5 * Math.sqrt(relative / 4096));
  });

  it('has derivatives by the outcomes as they were given', () => {
    const { byConstraints } = qLogFeasibleEi(normal(loss, bases[0]!), 0.5, bounded(50));
    const at = (by: number, to: 'mean' | 'covariance') => {
      const [first, second] = bounded(50);
      const moved = { ...first!.outcome, [to]: first!.outcome[to].map((value) => value + by) };
      return qLogFeasibleEi(normal(loss, bases[0]!), 0.5, [{ ...first!, outcome: moved }, second!]).value;
    };
    const slope = (to: 'mean' | 'covariance') => (at(1e-6, to) - at(-1e-6, to)) / 2e-6;
    expect(byConstraints[0]!.byMean[0]! / slope('mean')).toBeCloseTo(1, 5);
    expect(byConstraints[0]!.byCovariance[0]! / slope('covariance')).toBeCloseTo(1, 5);
    expect(() => qLogFeasibleEi(normal(loss, bases[0]!), 0.5, bounded(0))).toThrow(/unit of 0/);
  });
});
