import { describe, expect, it } from 'vitest';
import { concatDesigns, type EncodedDesigns } from '../../../models/encode/encoded-designs.js';
import { Generator } from '../../../models/random/generator.js';
import type { SurrogateType, TrainingSet } from '../../../models/surrogate/contract.js';
import { icm } from '../../../models/surrogate/kinds/icm.js';
import { surrogates } from '../../../models/surrogate/surrogates.js';
import { joined, type SourceRows, withSources } from '../../../models/surrogate/with-sources.js';
import { describeSurrogateLaws } from '../../laws/surrogate.js';
import { someDesigns } from '../../support/encoded.js';

const columns = { numeric: 2, categories: 1 };

function loss({ numeric, categories }: EncodedDesigns, i: number): number {
  return Math.sin(5 * numeric[2 * i]!) + numeric[2 * i + 1]! ** 2 + categories[i]!;
}

/** Earlier campaigns of n rows each that measured what these functions make of the loss. */
function sourcesOf(n: number, ...images: readonly ((loss: number, i: number) => number)[]): SourceRows {
  const parts = images.map((image, s) => {
    const designs = someDesigns(n, columns, 200 + s);
    return { designs, losses: Array.from({ length: n }, (_, i) => image(loss(designs, i), i)) };
  });
  return {
    designs: parts.map(({ designs }) => designs).reduce(concatDesigns),
    levels: Int32Array.from(parts.flatMap((_, s) => new Array<number>(n).fill(s))),
    losses: Float64Array.from(parts.flatMap(({ losses }) => losses)),
    count: images.length,
  };
}

function trainingOf(n: number): TrainingSet {
  const designs = someDesigns(n, columns, 7);
  const losses = Float64Array.from({ length: n }, (_, i) => loss(designs, i));
  return { designs, levels: new Int32Array(n), losses, levelCount: 1, finite: false };
}

const options = { seed: 1, previous: null, optimise: true };
const noise = new Generator(12, 'noise');
const scattered = Array.from({ length: 60 }, () => noise.normal());

/** Root mean square error of the median at the target, over 60 other designs. */
async function errorOf(type: SurrogateType, training: TrainingSet): Promise<number> {
  const elsewhere = someDesigns(60, columns, 99);
  const fitted = await type.fit(training, options);
  const medians = Array.from(fitted.posterior(elsewhere).mean.at(-1)!, (mean) => fitted.scale.toLoss(mean));
  const squares = medians.map((value, i) => (value - loss(elsewhere, i)) ** 2);
  return Math.sqrt(squares.reduce((a, b) => a + b) / 60);
}

const kinds = surrogates.filter(({ joinsSources }) => joinsSources === true);
for (const type of kinds) {
  const sources = sourcesOf(
    12,
    (value) => 4 - 3 * value,
    (value) => value + 0.3 * Math.sin(20 * value),
  );
  describeSurrogateLaws({ ...withSources(type, sources), name: `${type.name} with sources` });
}

describe('withSources', () => {
  it('learns from a source, and from one with its sign turned', async () => {
    const training = trainingOf(6);
    const alone = await errorOf(icm, training);
    const same = await errorOf(
      withSources(
        icm,
        sourcesOf(60, (value) => value),
      ),
      training,
    );
    const turned = await errorOf(
      withSources(
        icm,
        sourcesOf(60, (value) => 10 - 2 * value),
      ),
      training,
    );
    expect(same).toBeLessThan(0.5 * alone);
    expect(turned).toBeLessThan(0.5 * alone);
  });

  it('tells which of several sources holds, which is turned and which is unrelated', async () => {
    const sources = sourcesOf(
      60,
      (value) => value,
      (value) => -value,
      (_, i) => scattered[i]!,
    );
    const fitted = await withSources(icm, sources).fit(trainingOf(15), options);
    const [same, turned, unrelated, target] = fitted.levelCorrelations!;
    expect(same).toBeGreaterThan(0.8);
    expect(turned).toBeLessThan(-0.8);
    expect(Math.abs(unrelated!)).toBeLessThan(0.6);
    expect(target).toBeCloseTo(1, 12);
  });

  it('shows the levels of the training set alone', async () => {
    const training = trainingOf(9);
    const two = { ...training, levels: Int32Array.from({ length: 9 }, (_, i) => (i < 4 ? 0 : 1)), levelCount: 2 };
    const fitted = await withSources(
      icm,
      sourcesOf(20, (value) => value),
    ).fit(two, options);
    expect(fitted.noise).toHaveLength(2);
    expect(fitted.posterior(training.designs).mean).toHaveLength(2);
    expect(fitted.local(someDesigns(1, columns, 3)).varianceGradient).toHaveLength(2);
    expect(fitted.leaveOneOut().mean).toHaveLength(9);
    expect(fitted.screen).toBeNull();
  });

  it('predicts a row from its own campaign and the sources, not from the row itself', async () => {
    const training = trainingOf(8);
    const type = withSources(
      icm,
      sourcesOf(40, (value) => value),
    );
    const fitted = await type.fit(training, options);
    const moved = training.losses.map((value, i) => (i === 3 ? value + 1 : value));
    const fixed = { ...options, previous: fitted.hyperparameters, optimise: false };
    const changed = await type.fit({ ...training, losses: moved }, fixed);
    const predicted = (one: typeof fitted) => one.scale.toLoss(one.leaveOneOut().mean[3]!);
    // The scale of the losses moves with them, by less than the row does.
    expect(Math.abs(predicted(changed) - predicted(fitted))).toBeLessThan(0.3);
  });

  it('has the scales of the levels of the training set, whatever their losses', async () => {
    const training = trainingOf(8);
    const sources = sourcesOf(20, (value) => 1e9 * value);
    const fitted = await withSources(icm, sources).fit(training, options);
    expect(fitted.scale.toLatent(1, 0)).toBe(fitted.scale.toLatent(1));
    expect(Math.abs(fitted.scale.toLatent(1))).toBeLessThan(10);
    const huge = await withSources(icm, sources).fit(
      { ...training, losses: training.losses.map((v) => v * 1e200) },
      options,
    );
    expect(huge.scale.toLoss(huge.scale.toLatent(2e200, 0), 0) / 1e200).toBeCloseTo(2, 9);
    expect(huge.scale.toLatent(2e200, 0)).toBeLessThan(1e10);
  });
});

describe('joined', () => {
  it('puts sources first, with levels of their own, and keeps what is known of noise', () => {
    const sources = sourcesOf(
      4,
      (value) => value,
      (value) => value,
    );
    const training = { ...trainingOf(3), noise: Float64Array.of(0.1, Number.NaN, 0.3) };
    const all = joined(training, sources);
    expect([...all.levels]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2]);
    expect([all.levelCount, all.sourceCount, all.designs.n]).toEqual([3, 2, 11]);
    expect([...all.noise!].map((value) => (Number.isNaN(value) ? null : value))).toEqual([
      ...new Array<null>(8).fill(null),
      ...[0.1, null, 0.3],
    ]);
    expect([...all.losses.subarray(8)]).toEqual([...training.losses]);
  });
});
