import { describe, expect, it } from 'vitest';
import { selectDesigns } from '../../../../models/encode/encoded-designs.js';
import { Generator } from '../../../../models/random/generator.js';
import type { FittedSurrogate, TrainingSet } from '../../../../models/surrogate/contract.js';
import { deepEnsemble } from '../../../../models/surrogate/kinds/deep-ensemble.js';
import { someDesigns } from '../../../support/encoded.js';
import { hasOnnxRuntime } from '../../../support/screen-models.js';

const present = await hasOnnxRuntime();
const all = someDesigns(500, { numeric: 3, categories: 1 }, 8);
const noise = new Generator(5);
const losses = Float64Array.from({ length: 500 }, (_, i) => {
  const [a, b, c] = [0, 1, 2].map((j) => all.numeric[3 * i + j]!) as [number, number, number];
  return 40 + 10 * (Math.sin(4 * a) + b * c + 0.5 * all.categories[i]!) + noise.normal();
});
const setOf = (rows: readonly number[]): TrainingSet => ({
  designs: selectDesigns(all, rows),
  levels: new Int32Array(rows.length),
  losses: Float64Array.from(rows, (row) => losses[row]!),
  levelCount: 1,
  finite: true,
});
const upTo = (n: number, from = 0) => Array.from({ length: n - from }, (_, i) => from + i);
const fresh = { seed: 3, previous: null, optimise: true } as const;

/** Share of 90 % intervals that hold the loss, and the share of the variance that is foretold. */
function judged(fitted: FittedSurrogate, rows: readonly number[]) {
  const { mean, variance } = fitted.posterior(selectDesigns(all, rows));
  const own = rows.map((row) => losses[row]!);
  const average = own.reduce((a, b) => a + b) / own.length;
  let [inside, error, total] = [0, 0, 0];
  own.forEach((loss, i) => {
    const distance = fitted.scale.toLatent(loss) - mean[0]![i]!;
    if (Math.abs(distance) < 1.645 * Math.sqrt(variance[0]![i]! + fitted.noise[0]!)) inside += 1;
    error += (fitted.scale.toLoss(mean[0]![i]!) - loss) ** 2;
    total += (loss - average) ** 2;
  });
  return { coverage: inside / own.length, r2: 1 - error / total };
}

describe.runIf(present)('deep ensemble', () => {
  it.each([
    [30, 0.5],
    [120, 0.85],
  ])('foretells after %i trials, with intervals that hold what they say', async (n, least) => {
    const { coverage, r2 } = judged(await deepEnsemble.fit(setOf(upTo(n)), fresh), upTo(500, n));
    expect(r2).toBeGreaterThan(least);
    expect(coverage).toBeGreaterThan(0.83);
  });

  it('is the same bits from its artefact and hyperparameters, and trained again', async () => {
    const training = setOf(upTo(40));
    const fitted = await deepEnsemble.fit(training, fresh);
    const { artefact, hyperparameters: previous } = fitted;
    const again = await deepEnsemble.fit(training, { seed: 99, previous, artefact, optimise: false });
    const elsewhere = selectDesigns(all, upTo(90, 60));
    expect(again.posterior(elsewhere)).toEqual(fitted.posterior(elsewhere));
    expect(again.leaveOneOut()).toEqual(fitted.leaveOneOut());
    expect([again.artefact, again.hyperparameters, again.logPosterior]).toEqual([
      artefact,
      previous,
      fitted.logPosterior,
    ]);
    expect((await deepEnsemble.fit(training, fresh)).artefact).toEqual(artefact);
  });

  it('is conditioned on trials that came after it was trained', async () => {
    const { artefact, hyperparameters: previous } = await deepEnsemble.fit(setOf(upTo(40)), fresh);
    const kept = { seed: 3, previous, artefact, optimise: false };
    const [before, after] = [
      await deepEnsemble.fit(setOf(upTo(40)), kept),
      await deepEnsemble.fit(setOf(upTo(46)), kept),
    ];
    const since = selectDesigns(all, upTo(46, 40));
    const [was, is] = [before.posterior(since), after.posterior(since)];
    upTo(46, 40).forEach((row, i) => {
      expect(is.variance[0]![i]!).toBeLessThan(was.variance[0]![i]!);
      const [old, now] = [was, is].map(({ mean }) => Math.abs(mean[0]![i]! - before.scale.toLatent(losses[row]!)));
      expect(now!).toBeLessThanOrEqual(old! + 1e-9);
    });
    const { mean, variance } = after.leaveOneOut();
    expect([mean.length, variance.length]).toEqual([46, 46]);
    expect(mean.every(Number.isFinite) && variance.every((value) => value > 0)).toBe(true);
  });

  it.each([1, 2, 5, 6, 7])('learns from %i trials what can be learned', async (n) => {
    const fitted = await deepEnsemble.fit(setOf(upTo(n)), fresh);
    const { mean, variance } = fitted.posterior(selectDesigns(all, upTo(50, 20)));
    expect([...mean[0]!, ...variance[0]!].every(Number.isFinite)).toBe(true);
    expect(fitted.leaveOneOut().mean).toHaveLength(n);
  });

  it('learns from trials that are all alike, and from losses of any size', async () => {
    const same = setOf(upTo(12));
    const equal = await deepEnsemble.fit({ ...same, losses: new Float64Array(12).fill(7) }, fresh);
    expect(equal.scale.toLoss(equal.posterior(same.designs).mean[0]![0]!)).toBeCloseTo(7, 1);
    const one = { ...same, designs: selectDesigns(all, new Array<number>(12).fill(4)) };
    expect((await deepEnsemble.fit(one, fresh)).posterior(one.designs).mean[0]!.every(Number.isFinite)).toBe(true);
    const huge = await deepEnsemble.fit({ ...same, losses: same.losses.map((loss) => loss * 1e200) }, fresh);
    const plain = await deepEnsemble.fit(same, fresh);
    const at = (fitted: FittedSurrogate) => fitted.scale.toLoss(fitted.posterior(same.designs).mean[0]![3]!);
    expect(at(huge) / 1e200).toBeCloseTo(at(plain), 2);
  });

  it('is refused bytes that are no networks', async () => {
    const options = { ...fresh, optimise: false, artefact: new Uint8Array(100) };
    await expect(deepEnsemble.fit(setOf(upTo(10)), options)).rejects.toThrow(/no trained networks/);
  });
});
