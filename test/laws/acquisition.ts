import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AcquisitionInput, AcquisitionType } from '../../models/acquisition/contract.js';

const input = fc.record({
  incumbent: fc.double({ min: -3, max: 3, noNaN: true }),
  mean: fc.double({ min: -3, max: 3, noNaN: true }),
  variance: fc.double({ min: 0.01, max: 4, noNaN: true }),
  levelVariance: fc.double({ min: 0.01, max: 4, noNaN: true }),
  covariance: fc.double({ min: 0.005, max: 0.9, noNaN: true }),
  noise: fc.double({ min: 1e-6, max: 1, noNaN: true }),
  isTarget: fc.boolean(),
  cost: fc.double({ min: 0.01, max: 100, noNaN: true }),
});

/** What every acquisition must fulfil; a new one adds a line in `test/models/acquisition/laws.test.ts`. */
export function describeAcquisitionLaws(type: AcquisitionType): void {
  describe(`laws of acquisition ${type.name}`, () => {
    it('is finite, and its derivatives agree with central differences', () => {
      fc.assert(
        fc.property(input, (given) => {
          const result = type.evaluate(given);
          expect(Number.isFinite(result.value)).toBe(true);
          const slope = (key: 'mean' | 'variance' | 'levelVariance' | 'covariance') => {
            const step = 1e-6 * Math.max(0.1, Math.abs(given[key]));
            const at = (shift: number) => type.evaluate({ ...given, [key]: given[key] + shift }).value;
            return (at(step) - at(-step)) / (2 * step);
          };
          const pairs = [
            [result.byMean, slope('mean')],
            [result.byVariance, slope('variance')],
            [result.byLevelVariance, slope('levelVariance')],
            [result.byCovariance, slope('covariance')],
          ] as const;
          for (const [ours, difference] of pairs)
            expect(Math.abs(ours - difference)).toBeLessThan(1e-4 * Math.max(1, Math.abs(difference)));
        }),
        { seed: 3, numRuns: 300 },
      );
    });

    it('stays finite where an improvement is all but impossible', () => {
      const far: AcquisitionInput = {
        incumbent: 0,
        mean: 1e4,
        variance: 1e-6,
        levelVariance: 1,
        covariance: 1e-4,
        noise: 0,
        isTarget: false,
        cost: 1,
      };
      const { value, byMean } = type.evaluate(far);
      expect(Number.isFinite(value)).toBe(true);
      expect(Number.isFinite(byMean)).toBe(true);
    });
  });
}
