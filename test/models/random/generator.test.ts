import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveSeed, Generator } from '../../../models/random/generator.js';

const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const key = fc.oneof(fc.string({ maxLength: 8 }), fc.integer());

describe('generator', () => {
  it('draws what recorded campaigns have drawn', () => {
    const random = new Generator(7, 'a', 3);
    expect([random.bits(), random.bits(), random.bits()]).toEqual([3226642021, 1520951417, 3428544354]);
  });

  it('splits by name alone: whatever was drawn before, and without taking from the parent', () => {
    fc.assert(
      fc.property(seed, key, key, fc.nat(20), (s, first, second, drawn) => {
        const fresh = new Generator(s, first);
        const used = new Generator(s, first);
        for (let i = 0; i < drawn; i++) used.bits();
        const split = used.split(second);
        expect(split.bits()).toBe(fresh.split(second).bits());
        expect(new Generator(s, first, second).split('x').bits()).toBe(split.split('x').bits());
        for (let i = 0; i < drawn; i++) fresh.bits();
        expect(used.bits()).toBe(fresh.bits());
      }),
      { seed: 4 },
    );
  });

  it('gives streams of different names, and parent and child, that do not correlate', () => {
    const parent = new Generator(11);
    const streams = [parent.split(0), parent.split(1), parent.split('1'), parent.split(0, 1), parent];
    const n = 20_000;
    const draws = streams.map((stream) => Float64Array.from({ length: n }, () => stream.normal()));
    for (const [i, a] of draws.entries())
      for (const b of draws.slice(i + 1)) {
        const mean = a.reduce((sum, value, k) => sum + value * b[k]!, 0) / n;
        expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(n));
      }
  });

  it('is uniform and normal within five standard errors', () => {
    const random = new Generator(3, 'moments');
    const n = 100_000;
    const u = Float64Array.from({ length: n }, () => random.uniform());
    const z = Float64Array.from({ length: n }, () => random.normal());
    const moment = (values: Float64Array, power: number) => values.reduce((sum, x) => sum + x ** power, 0) / n;
    // Variances of u, u², z, z², z⁴: 1/12, 4/45, 1, 2, 96.
    const cases = [
      [moment(u, 1), 1 / 2, 1 / 12],
      [moment(u, 2), 1 / 3, 4 / 45],
      [moment(z, 1), 0, 1],
      [moment(z, 2), 1, 2],
      [moment(z, 4), 3, 96],
    ] as const;
    for (const [found, expected, variance] of cases)
      expect(Math.abs(found - expected)).toBeLessThan(5 * Math.sqrt(variance / n));
    expect(u.every((x) => x >= 0 && x < 1)).toBe(true);
  });

  it('permutes, and draws whole numbers below n', () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 1, max: 50 }), (s, n) => {
        const random = new Generator(s);
        expect(random.permutation(n).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
        const k = random.below(n);
        expect(Number.isInteger(k) && k >= 0 && k < n).toBe(true);
      }),
      { seed: 5 },
    );
  });

  it('derives seeds that differ by name', () => {
    const seeds = new Set(Array.from({ length: 2000 }, (_, i) => deriveSeed(1, 'round', i)));
    expect(seeds.size).toBe(2000);
    expect(deriveSeed(1, '2')).not.toBe(deriveSeed(1, 2));
  });
});
