import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  AcquisitionInput,
  AcquisitionType,
  AcquisitionValue,
  AnchoredAcquisition,
  DrawnAcquisition,
  MomentAcquisition,
} from '../../models/acquisition/contract.js';
import { selectDesigns } from '../../models/encode/encoded-designs.js';
import { type AcquisitionSurface, acquisitionAt, acquisitionValues } from '../../models/search/acquisition-surface.js';
import { candidates, levelCosts, someSituation, surfacePart } from '../support/situation.js';

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

/** A candidate that an improvement at is all but impossible. */
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

/** What every acquisition must fulfil; a new one adds a line in `test/models/acquisition/laws.test.ts`. */
export function describeAcquisitionLaws(type: AcquisitionType): void {
  describe(`laws of acquisition ${type.name}`, () => {
    if (type.kind === 'moments') describeMoments(type);
    else if (type.kind === 'anchored') describeAnchored(type);
    else describeDrawn(type);
  });
}

/** Compares the partial derivatives with central differences. */
function expectPartials(evaluate: (given: AcquisitionInput) => AcquisitionValue, given: AcquisitionInput): void {
  const result = evaluate(given);
  expect(Number.isFinite(result.value)).toBe(true);
  const slope = (key: 'mean' | 'variance' | 'levelVariance' | 'covariance') => {
    const step = 1e-6 * Math.max(0.1, Math.abs(given[key]));
    const at = (shift: number) => evaluate({ ...given, [key]: given[key] + shift }).value;
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
}

function describeMoments(type: MomentAcquisition): void {
  it('is finite, and its derivatives agree with central differences', () => {
    fc.assert(
      fc.property(input, (given) => expectPartials(type.evaluate, given)),
      { seed: 3, numRuns: 300 },
    );
  });

  it('stays finite where an improvement is all but impossible', () => {
    const { value, byMean } = type.evaluate(far);
    expect(Number.isFinite(value)).toBe(true);
    expect(Number.isFinite(byMean)).toBe(true);
  });
}

const inFlight = [
  ['nothing in flight', []],
  ['trials at both levels in flight', [1, 0, 1]],
] as const;

function describeAnchored(type: AnchoredAcquisition): void {
  describe.each(inFlight)('with %s', (_, pending) => {
    const situation = someSituation(pending);
    const acquisition = type.prepare(situation);
    const surface: AcquisitionSurface = {
      parts: [surfacePart(acquisition, situation)],
      lossPower: type.lossPower,
      costs: levelCosts,
      levels: [0, 1],
    };
    const p = acquisition.anchors?.mean.length ?? 0;

    it('has partial derivatives, by covariances with the anchors too, that agree with central differences', () => {
      const level = acquisition.anchored === 'target' ? 1 : 0;
      const covariances = acquisition.anchors?.with(candidates, level) ?? new Float64Array();
      const { mean, variance } = acquisition.surrogate.posterior(candidates);
      fc.assert(
        fc.property(input, fc.nat(candidates.n - 1), (drawn, row) => {
          // Moments of a real candidate, without which the covariances would be those of no joint normal.
          const given = { ...drawn, mean: mean[1]![row]!, variance: variance[1]![row]! };
          const withAnchors = covariances.slice(row * p, (row + 1) * p);
          expectPartials((one) => acquisition.evaluate(one, withAnchors), given);
          const { byAnchors } = acquisition.evaluate(given, withAnchors);
          const scale = withAnchors.reduce((largest, c) => Math.max(largest, Math.abs(c)), 0);
          for (let a = 0; a < p; a += 7) {
            const at = (shift: number) =>
              acquisition.evaluate(given, withAnchors.with(a, withAnchors[a]! + shift * scale)).value;
            const difference = (at(1e-6) - at(-1e-6)) / (2e-6 * scale);
            expect(Math.abs(byAnchors![a]! - difference)).toBeLessThan(1e-3 * Math.max(1, Math.abs(difference)));
          }
        }),
        { seed: 3, numRuns: 40 },
      );
    });

    it('is finite at both levels, and its gradient over designs agrees with central differences', () => {
      const values = acquisitionValues(surface, candidates);
      for (const level of [0, 1])
        for (let row = 0; row < candidates.n; row++) {
          const point = selectDesigns(candidates, [row]);
          const gradient = new Float64Array(2);
          expect(values[level]![row]!).toBeCloseTo(acquisitionAt(surface, point, level, gradient), 6);
          for (const j of [0, 1]) {
            const at = (shift: number) => {
              const moved = selectDesigns(point, [0]);
              moved.numeric[j] = moved.numeric[j]! + shift;
              return acquisitionValues(surface, moved)[level]![0]!;
            };
            const difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            expect(Math.abs(gradient[j]! - difference)).toBeLessThan(2e-3 * Math.max(1, Math.abs(difference)));
          }
        }
    });

    it('is the same when it is prepared again', () => {
      const again = { ...surface, acquisition: type.prepare(someSituation(pending)) };
      expect(acquisitionValues(again, candidates)).toEqual(acquisitionValues(surface, candidates));
    });

    it('stays finite where an improvement is all but impossible', () => {
      const { value, byMean, byAnchors } = acquisition.evaluate(far, new Float64Array(p).fill(1e-9));
      expect([value, byMean, ...(byAnchors ?? [])].every(Number.isFinite)).toBe(true);
    });
  });
}

function describeDrawn(type: DrawnAcquisition): void {
  const joint = { mean: Float64Array.of(1, -2, 0.5), covariance: Float64Array.of(2, 0.9, 0, 0.9, 1, 0, 0, 0, 1e-4) };

  it('has the moments of the losses, turned round, within five standard errors', () => {
    const n = 4000;
    const draws = Array.from({ length: n }, (_, seed) => type.draw(joint, seed));
    const mean = (of: (draw: Float64Array) => number) => draws.reduce((sum, draw) => sum + of(draw), 0) / n;
    for (let i = 0; i < 3; i++) {
      const sd = Math.sqrt(joint.covariance[4 * i]!);
      expect(Math.abs(mean((draw) => draw[i]!) + joint.mean[i]!)).toBeLessThan((5 * sd) / Math.sqrt(n));
      for (let j = 0; j <= i; j++) {
        const product = mean((draw) => (draw[i]! + joint.mean[i]!) * (draw[j]! + joint.mean[j]!));
        const error = (sd * Math.sqrt(2 * joint.covariance[4 * j]!)) / Math.sqrt(n);
        expect(Math.abs(product - joint.covariance[3 * i + j]!)).toBeLessThan(5 * error);
      }
    }
  });

  it('is the same for the same seed', () => {
    expect(type.draw(joint, 7)).toEqual(type.draw(joint, 7));
    expect(type.draw(joint, 7)).not.toEqual(type.draw(joint, 8));
  });
}
