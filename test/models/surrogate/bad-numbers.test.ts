import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EncodedDesigns, selectDesigns } from '../../../models/encode/encoded-designs.js';
import { cdf } from '../../../models/stats/normal.js';
import type { FittedSurrogate, TrainingSet } from '../../../models/surrogate/contract.js';
import { Ensemble } from '../../../models/surrogate/ensemble.js';
import { surrogateChoices, surrogates } from '../../../models/surrogate/surrogates.js';
import { badDesigns, badValues, spaces } from '../../support/bad-numbers.js';
import { someDesigns } from '../../support/encoded.js';

/** So many measurements at one or two levels, at least one of them at the target. */
const trainingOf = (rows: fc.Arbitrary<number>): fc.Arbitrary<TrainingSet> =>
  fc.tuple(fc.constantFrom(...Object.keys(spaces)), rows, fc.constantFrom(1, 2)).chain(([space, n, levelCount]) =>
    fc.record({
      designs: badDesigns(n, spaces[space]!),
      losses: badValues(n).map((values) => Float64Array.from(values)),
      levels: fc
        .array(fc.nat(levelCount - 1), { minLength: n, maxLength: n })
        .map((levels) => Int32Array.from(levels).fill(levelCount - 1, 0, 1)),
      levelCount: fc.constant(levelCount),
      finite: fc.boolean(),
    }),
  );

const training = trainingOf(fc.integer({ min: 1, max: 9 }));

/** Enough rows for the factor in WebAssembly. */
const many = trainingOf(fc.constantFrom(40, 70));

const allFinite = (values: Iterable<number>) => [...values].every(Number.isFinite);
const allPositive = (values: Iterable<number>) =>
  [...values].every((value) => value > 0 && value < Number.POSITIVE_INFINITY);

/** Everything that a surrogate can be asked, at designs that were measured and at others. */
function expectSound(fitted: FittedSurrogate, { designs, levels, losses, levelCount }: TrainingSet): void {
  const target = levelCount - 1;
  const others = someDesigns(3, designs.encoding, 5);
  expect(allFinite(fitted.hyperparameters) && Number.isFinite(fitted.logPosterior)).toBe(true);
  expect(allFinite(fitted.noise) && fitted.noise.every((noise) => noise >= 0)).toBe(true);
  const atRows = (values: Float64Array) =>
    [...levels.keys()].filter((i) => levels[i] === target).map((i) => values[i]!);
  const { mean, variance } = fitted.leaveOneOut();
  expect(allFinite(atRows(mean))).toBe(true);
  expect(allPositive(atRows(variance))).toBe(true);
  expect(allFinite(atRows(losses).map((loss) => fitted.scale.toLatent(loss)))).toBe(true);
  for (const loss of atRows(losses)) expect(fitted.scale.slope(loss)).toBeGreaterThan(0);
  for (const candidates of [designs, others]) {
    expectMoments(fitted, candidates);
    const joint = fitted.joint(candidates);
    expect(allFinite(joint.mean) && allFinite(joint.covariance)).toBe(true);
    const anchored = fitted.anchored(candidates);
    for (let level = 0; level < levelCount; level++) {
      expect(allFinite(anchored.with(others, level))).toBe(true);
      const near = anchored.local(selectDesigns(candidates, [0]), level);
      expect(allFinite(near.covariance) && allFinite(near.gradient)).toBe(true);
    }
  }
  const pending = { designs: selectDesigns(others, [0, 0, 1]), levels: Int32Array.of(target, 0, target) };
  expectMoments(fitted.condition(pending.designs, pending.levels), others);
  expectMoments(fitted.condition(selectDesigns(designs, [0]), Int32Array.of(target)), designs);
  expectMoments(fitted.condition(designs, levels, losses), designs);
}

function expectMoments(fitted: FittedSurrogate, candidates: EncodedDesigns): void {
  const { mean, variance, covariance } = fitted.posterior(candidates);
  const local = fitted.local(selectDesigns(candidates, [candidates.n - 1]));
  expect(mean.every(allFinite) && covariance.every(allFinite) && variance.every(allPositive)).toBe(true);
  expect(allFinite(local.mean) && allFinite(local.covariance) && allPositive(local.variance)).toBe(true);
  for (const gradients of [local.meanGradient, local.varianceGradient, local.covarianceGradient])
    expect(gradients.every(allFinite)).toBe(true);
}

const options = { seed: 1, optimise: true } as const;

describe.each(surrogates)('$name on numbers at the edge', (type) => {
  // To train networks takes some hundred times as long as to fit a process.
  const share = type.name === 'deep-ensemble' ? 8 : 1;
  it('answers everything with finite numbers, and variances above 0', async () => {
    await fc.assert(
      fc.asyncProperty(training, async (set) => expectSound(await type.fit(set, { ...options, previous: null }), set)),
      { seed: 21, numRuns: Math.ceil(150 / share) },
    );
    await fc.assert(
      fc.asyncProperty(many, async (set) => expectSound(await type.fit(set, { ...options, previous: null }), set)),
      { seed: 23, numRuns: Math.ceil(8 / share) },
    );
  });

  it('names the row whose loss is not finite', async () => {
    const bad = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    await fc.assert(
      fc.asyncProperty(training, bad, fc.nat(8), async (set, value, at) => {
        const row = at % set.designs.n;
        const losses = set.losses.with(row, value);
        await expect(async () => type.fit({ ...set, losses }, { ...options, previous: null })).rejects.toThrow(
          `the loss of row ${row} is ${value}; finite numbers are wanted`,
        );
      }),
      { seed: 24, numRuns: 20 },
    );
  });
});

describe('ensemble on numbers at the edge', () => {
  const { members } = surrogateChoices.find(({ name }) => name === 'ensemble')!;

  it('has weights that add up to 1, finite scores, and quantiles that rise', async () => {
    await fc.assert(
      fc.asyncProperty(training, async (set) => {
        const ensemble = await Ensemble.fit(members, set, { ...options, previous: [] });
        expect(ensemble.members.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
        expect(ensemble.members.every(({ weight, score }) => weight > 0 && Number.isFinite(score))).toBe(true);
        const others = someDesigns(3, set.designs.encoding, 5);
        const posteriors = ensemble.members.map(({ surrogate }) => surrogate.posterior(others));
        for (let level = 0; level < set.levelCount; level++)
          for (const candidate of others.categories.keys()) {
            const quantiles = [-1, 0, 1].map((z) => ensemble.quantile(posteriors, { level, candidate }, cdf(z)));
            expect(allFinite(quantiles)).toBe(true);
            expect(quantiles).toEqual([...quantiles].sort((a, b) => a - b));
          }
      }),
      { seed: 22, numRuns: 150 },
    );
  });
});
