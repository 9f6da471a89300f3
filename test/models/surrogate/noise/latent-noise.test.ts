import { describe, expect, it } from 'vitest';
import { selectDesigns } from '../../../../models/encode/encoded-designs.js';
import { Generator } from '../../../../models/random/generator.js';
import type { SurrogateType } from '../../../../models/surrogate/contract.js';
import { LatentNoise } from '../../../../models/surrogate/noise/latent-noise.js';
import { logWarp } from '../../../../models/surrogate/outputs/log-warp.js';
import { surrogates } from '../../../../models/surrogate/surrogates.js';
import { numericDesigns } from '../../../support/encoded.js';

const options = { seed: 1, previous: null, optimise: true };
const grid = (n: number) => numericDesigns(Array.from({ length: n }, (_, i) => [i / (n - 1)]));

/** A sine on a grid, with an error of 1 at one row. */
function trainingSet(n: number, noise: (row: number) => number) {
  const losses = Float64Array.from({ length: n }, (_, i) => Math.sin((6 * i) / n) + (i === 5 ? 1 : 0));
  return {
    designs: grid(n),
    levels: new Int32Array(n),
    losses,
    levelCount: 1,
    finite: false,
    noise: Float64Array.from({ length: n }, (_, i) => noise(i)),
  };
}

describe('noise on the scale of transformed losses', () => {
  it('is carried there by the slope of the transform', () => {
    const losses = Float64Array.of(0, 1, 4);
    const transformed = logWarp.of(losses, -1);
    const noise = LatentNoise.of(grid(3), Float64Array.of(0.1, NaN, 0.2))!;
    noise.update(losses, transformed);
    expect(noise.rows.variance(0, 7)).toBeCloseTo(0.1 * transformed.slope(0) ** 2, 14);
    expect(noise.rows.variance(1, 7)).toBe(7);
    expect(noise.rows.variance(2, 7)).toBeCloseTo(0.2 * transformed.slope(4) ** 2, 14);
  });

  it('is none where nothing is known', () => {
    expect(LatentNoise.of(grid(3), undefined)).toBeNull();
    expect(LatentNoise.of(grid(3), new Float64Array(3).fill(NaN))).toBeNull();
  });
});

/** Kinds that take account of the noise of single rows: all but these three. */
const processes = surrogates.filter(({ name }) => !['trees', 'linear-term', 'deep-ensemble'].includes(name));

describe.each(processes.map((type): [string, SurrogateType] => [type.name, type]))('known noise in %s', (_, type) => {
  const at5 = selectDesigns(grid(16), [5]);
  const target = 0;

  it('a row without noise is met, one with much noise has little weight', async () => {
    const exact = await type.fit(
      trainingSet(16, () => 0),
      options,
    );
    const loss = exact.scale.toLoss(exact.posterior(at5).mean[target]![0]!);
    expect(Math.abs(loss - (Math.sin(30 / 16) + 1))).toBeLessThan(0.02);
    const doubted = await type.fit(
      trainingSet(16, (row) => (row === 5 ? 4 : 1e-4)),
      options,
    );
    const there = doubted.scale.toLoss(doubted.posterior(at5).mean[target]![0]!);
    expect(Math.abs(there - Math.sin(30 / 16))).toBeLessThan(0.2);
  });

  it('nothing known is as if nothing was said', async () => {
    const { noise, ...plain } = trainingSet(16, () => Number.NaN);
    const [a, b] = [await type.fit(plain, options), await type.fit({ ...plain, noise }, options)];
    expect(b.hyperparameters).toEqual(a.hyperparameters);
    expect(b.posterior(grid(7))).toEqual(a.posterior(grid(7)));
  });

  it('is the noise of what is measured next, where it is known everywhere', async () => {
    const fitted = await type.fit(
      trainingSet(16, () => 0.04),
      options,
    );
    const [low, high] = [-0.2, 0.2].map((by) => fitted.scale.toLatent(0.5 + by)) as [number, number];
    // Of the order of the sd of 0.2 on the surrogate's own scale, where the losses are in the middle.
    expect(Math.sqrt(fitted.noise[target]!)).toBeGreaterThan((high - low) / 2 / 4);
    expect(Math.sqrt(fitted.noise[target]!)).toBeLessThan(((high - low) / 2) * 4);
    const before = fitted.posterior(at5).variance[target]![0]!;
    const after = fitted.condition(at5, Int32Array.of(0)).posterior(at5).variance[target]![0]!;
    expect(1 / after - 1 / before).toBeCloseTo(1 / fitted.noise[target]!, 4);
  });
});

describe('noise by replicates', () => {
  it('is larger where replicates differ more', async () => {
    const random = new Generator(3, 'noise');
    // Each of six designs four times; noise of sd 0.5 at the first three, 0.01 at the others.
    const designs = selectDesigns(
      grid(6),
      Array.from({ length: 24 }, (_, i) => Math.floor(i / 4)),
    );
    const losses = Float64Array.from({ length: 24 }, (_, i) => {
      const at = Math.floor(i / 4);
      return Math.sin(at) + (at < 3 ? 0.5 : 0.01) * random.normal();
    });
    const set = { designs, levels: new Int32Array(24), losses, levelCount: 1, finite: false };
    for (const type of processes) {
      const { variance } = (await type.fit(set, options)).posterior(grid(6));
      const mean = (rows: number[]) => rows.reduce((sum, row) => sum + variance[0]![row]!, 0) / rows.length;
      expect(mean([0, 1, 2]) / mean([3, 4, 5]), type.name).toBeGreaterThan(1.5);
    }
  });
});
