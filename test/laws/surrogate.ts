import { beforeAll, describe, expect, it } from 'vitest';
import { concatDesigns, selectDesigns } from '../../models/encode/encoded-designs.js';
import { Generator } from '../../models/random/generator.js';
import type { FittedSurrogate, SurrogateType, TrainingSet } from '../../models/surrogate/contract.js';
import { someDesigns } from '../support/encoded.js';

/** A smooth loss at two levels, the cheap one a shifted and scaled image of the target. */
function trainingSet(n: number, seed: number): TrainingSet {
  const designs = someDesigns(n, { numeric: 2, categories: 1 }, seed);
  const loss = (i: number) =>
    Math.sin(5 * designs.numeric[2 * i]!) + designs.numeric[2 * i + 1]! ** 2 + designs.categories[i]!;
  const levels = Int32Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 1 : 0));
  return {
    designs,
    levels,
    losses: Float64Array.from(levels, (level, i) => (level === 1 ? loss(i) : 3 - 0.5 * loss(i))),
    levelCount: 2,
    finite: false,
  };
}

/** What every surrogate must fulfil; a new one adds a line in `test/models/surrogate/laws.test.ts`. */
export function describeSurrogateLaws(type: SurrogateType): void {
  describe(`laws of surrogate ${type.name}`, () => {
    const training = trainingSet(36, 4);
    const options = { seed: 1, previous: null, optimise: true };
    let fitted: FittedSurrogate;
    beforeAll(async () => {
      fitted = await type.fit(training, options);
    });
    const elsewhere = someDesigns(25, { numeric: 2, categories: 1 }, 99);

    it('has positive finite variances and finite means', () => {
      const { mean, variance } = fitted.posterior(elsewhere);
      expect(variance.every((level) => level.every((v) => v > 0 && Number.isFinite(v)))).toBe(true);
      expect(mean.every((level) => level.every(Number.isFinite))).toBe(true);
    });

    it('comes close to what was measured at the target, and is less sure elsewhere', () => {
      const rows = [...training.levels.keys()].filter((i) => training.levels[i] === 1);
      const here = fitted.posterior(selectDesigns(training.designs, rows));
      rows.forEach((row, i) => {
        const sd = Math.sqrt(here.variance[1]![i]! + fitted.noise[1]!);
        expect(Math.abs(here.mean[1]![i]! - fitted.scale.toLatent(training.losses[row]!))).toBeLessThan(4 * sd);
      });
      const there = fitted.posterior(elsewhere);
      const average = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;
      expect(average(here.variance[1]!)).toBeLessThan(average(there.variance[1]!));
    });

    it('has a scale that rises with the loss and goes back and forth', () => {
      const { scale } = fitted;
      for (const loss of [-1, 0.4, 2, 9]) {
        expect(scale.toLoss(scale.toLatent(loss))).toBeCloseTo(loss, 8);
        expect(scale.toLatent(loss + 0.1)).toBeGreaterThan(scale.toLatent(loss));
      }
    });

    it('does not depend on the order of the rows', async () => {
      const order = new Generator(8).permutation(training.designs.n);
      const shuffled = await type.fit(
        {
          designs: selectDesigns(training.designs, order),
          levels: Int32Array.from(order, (i) => training.levels[i]!),
          losses: Float64Array.from(order, (i) => training.losses[i]!),
          levelCount: 2,
          finite: false,
        },
        { ...options, previous: fitted.hyperparameters, optimise: false },
      );
      const a = fitted.posterior(elsewhere).mean[1]!;
      const b = shuffled.posterior(elsewhere).mean[1]!;
      a.forEach((value, i) => {
        expect(b[i]).toBeCloseTo(value, 6);
      });
    });

    it('is the same after its hyperparameters went through JSON', async () => {
      const previous = JSON.parse(JSON.stringify(fitted.hyperparameters)) as number[];
      const again = await type.fit(training, { ...options, previous, optimise: false });
      expect(again.posterior(elsewhere)).toEqual(fitted.posterior(elsewhere));
      expect(again.logPosterior).toBe(fitted.logPosterior);
    });

    it('keeps its mean and loses variance when a pending point is added', () => {
      const pending = selectDesigns(elsewhere, [3]);
      const after = fitted.condition(pending, Int32Array.of(1)).posterior(elsewhere);
      const before = fitted.posterior(elsewhere);
      after.mean[1]!.forEach((value, i) => {
        expect(value).toBeCloseTo(before.mean[1]![i]!, 6);
      });
      expect(after.variance[1]![3]!).toBeLessThan(before.variance[1]![3]!);
      after.variance[1]!.forEach((value, i) => {
        expect(value).toBeLessThanOrEqual(before.variance[1]![i]! * (1 + 1e-9));
      });
    });

    it('has a joint posterior whose diagonal is the variance', () => {
      const { mean, covariance } = fitted.joint(elsewhere);
      const single = fitted.posterior(elsewhere);
      mean.forEach((value, i) => {
        expect(value).toBeCloseTo(single.mean[1]![i]!, 8);
        expect(covariance[i * 25 + i]!).toBeCloseTo(single.variance[1]![i]!, 8);
      });
    });

    it('knows how anchors hang together with candidates at every level', () => {
      const anchors = selectDesigns(elsewhere, [2, 11, 19]);
      const anchored = fitted.anchored(anchors);
      const both = fitted.joint(concatDesigns(anchors, elsewhere));
      const m = 28;
      const together = anchored.with(elsewhere, 1);
      for (let a = 0; a < 3; a++) {
        expect(anchored.mean[a]).toBeCloseTo(both.mean[a]!, 9);
        for (let b = 0; b < 3; b++) expect(anchored.covariance[a * 3 + b]).toBeCloseTo(both.covariance[a * m + b]!, 9);
        for (let c = 0; c < 25; c++) expect(together[c * 3 + a]).toBeCloseTo(both.covariance[(3 + c) * m + a]!, 9);
      }
      // With itself as anchor: the covariance of its two levels, which `posterior` gives.
      for (const level of [0, 1]) {
        const own = fitted.anchored(elsewhere).with(elsewhere, level);
        const { covariance } = fitted.posterior(elsewhere);
        for (let c = 0; c < 25; c++) expect(own[c * 25 + c]).toBeCloseTo(covariance[level]![c]!, 7);
      }
    });

    it('has gradients of anchored covariances that agree with central differences', () => {
      const anchored = fitted.anchored(selectDesigns(elsewhere, [2, 11, 19]));
      const point = selectDesigns(elsewhere, [7]);
      for (const level of [0, 1]) {
        const local = anchored.local(point, level);
        const whole = anchored.with(point, level);
        local.covariance.forEach((value, a) => {
          expect(value).toBeCloseTo(whole[a]!, 9);
        });
        for (const j of [0, 1]) {
          const moved = (by: number) => {
            const copy = selectDesigns(point, [0]);
            copy.numeric[j] = copy.numeric[j]! + by;
            return anchored.with(copy, level);
          };
          const [up, down] = [moved(1e-5), moved(-1e-5)];
          for (let a = 0; a < 3; a++) expect(local.gradient[a * 2 + j]).toBeCloseTo((up[a]! - down[a]!) / 2e-5, 4);
        }
      }
    });

    it('learns from measured losses as a surrogate does that had them from the start', async () => {
      const rows = [...training.levels.keys()];
      const part = (some: readonly number[]): TrainingSet => ({
        ...training,
        designs: selectDesigns(training.designs, some),
        levels: Int32Array.from(some, (row) => training.levels[row]!),
        losses: Float64Array.from(some, (row) => training.losses[row]!),
      });
      const fixed = { ...options, previous: fitted.hyperparameters, optimise: false };
      const before = await type.fit(part(rows.slice(0, 33)), fixed);
      const last = part(rows.slice(33));
      const after = before.condition(last.designs, last.levels, last.losses);
      // Scales of losses stay those of the first rows, so only what was measured can be compared, in losses.
      const target = [...last.levels.keys()].filter((row) => last.levels[row] === 1);
      const here = after.posterior(selectDesigns(last.designs, target));
      target.forEach((row, i) => {
        const sd = Math.sqrt(here.variance[1]![i]! + after.noise[1]!);
        expect(Math.abs(here.mean[1]![i]! - after.scale.toLatent(last.losses[row]!))).toBeLessThan(4 * sd);
      });
      const was = before.posterior(selectDesigns(last.designs, target));
      target.forEach((_, i) => {
        expect(here.variance[1]![i]!).toBeLessThan(was.variance[1]![i]!);
      });
    });

    it('has gradients that agree with central differences', () => {
      const point = selectDesigns(elsewhere, [7]);
      const local = fitted.local(point);
      const moved = (j: number, by: number) => {
        const copy = selectDesigns(point, [0]);
        copy.numeric[j] = copy.numeric[j]! + by;
        return fitted.posterior(copy);
      };
      for (const level of [0, 1])
        for (const j of [0, 1]) {
          const up = moved(j, 1e-5);
          const down = moved(j, -1e-5);
          const slope = (field: 'mean' | 'variance' | 'covariance') =>
            (up[field][level]![0]! - down[field][level]![0]!) / 2e-5;
          expect(local.meanGradient[level]![j]!).toBeCloseTo(slope('mean'), 4);
          expect(local.varianceGradient[level]![j]!).toBeCloseTo(slope('variance'), 4);
          expect(local.covarianceGradient[level]![j]!).toBeCloseTo(slope('covariance'), 4);
        }
    });

    it('refuses to learn without a target row, and numbers that are not finite', async () => {
      const none = { ...training, levels: new Int32Array(training.designs.n) };
      await expect(async () => type.fit(none, options)).rejects.toThrow(/target/);
      const losses = training.losses.map(() => Number.NaN);
      await expect(async () => type.fit({ ...training, losses }, options)).rejects.toThrow(/finite/);
    });
  });
}
