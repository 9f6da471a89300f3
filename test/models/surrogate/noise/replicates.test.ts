import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Generator } from '../../../../models/random/generator.js';
import { Replicates } from '../../../../models/surrogate/noise/replicates.js';
import { numericDesigns } from '../../../support/encoded.js';

const designs = numericDesigns([[0.1], [0.1], [0.1], [0.7], [0.7], [0.4]]);
const oneLevel = new Int32Array(6);

describe('ratios of replicates', () => {
  it('are the moderated variances by the pooled one', () => {
    // Sums of squares 2 (two degrees of freedom) and 18 (one): pooled 20/3.
    const values = Float64Array.of(-1, 0, 1, 2, 8, 5);
    const { ratios } = Replicates.of(designs, oneLevel, undefined)!.ratios(values);
    const [quiet, loud] = [(4 + 2 / (20 / 3)) / 6, (4 + 18 / (20 / 3)) / 5];
    [quiet, quiet, quiet, loud, loud, 1].forEach((ratio, i) => {
      expect(ratios[i]).toBeCloseTo(ratio, 14);
    });
  });

  it('take two groups at one level, of rows without a known noise', () => {
    expect(Replicates.of(designs, Int32Array.of(0, 0, 0, 1, 1, 0), undefined)).toBeNull();
    expect(Replicates.of(designs, oneLevel, Float64Array.of(NaN, NaN, NaN, 1, NaN, NaN))).toBeNull();
    expect(Replicates.of(numericDesigns([[1], [2], [3]]), new Int32Array(3), undefined)).toBeNull();
  });

  it('are 1 where replicates do not differ', () => {
    const { ratios } = Replicates.of(designs, oneLevel, undefined)!.ratios(Float64Array.of(1, 1, 1, 3, 3, 2));
    expect([...ratios]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('do not depend on unit and zero, and have derivatives that agree with central differences', () => {
    const replicates = Replicates.of(designs, oneLevel, undefined)!;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.double({ min: 0.1, max: 9, noNaN: true }), (seed, unit) => {
        const random = new Generator(seed, 'values');
        const draw = () => Float64Array.from({ length: 6 }, () => random.normal());
        const [values, slopes] = [draw(), draw()];
        const here = replicates.ratios(values, slopes);
        const scaled = replicates.ratios(values.map((value) => 5 + unit * value));
        const moved = (by: number) => replicates.ratios(values.map((value, i) => value + by * slopes[i]!)).ratios;
        const [up, down] = [moved(1e-6), moved(-1e-6)];
        here.ratios.forEach((ratio, i) => {
          expect(scaled.ratios[i]).toBeCloseTo(ratio, 9);
          const difference = (up[i]! - down[i]!) / 2e-6;
          expect(Math.abs(here.byParameter[i]! - difference)).toBeLessThan(1e-6 * Math.max(1, Math.abs(difference)));
        });
      }),
      { seed: 6, numRuns: 50 },
    );
  });

  /** x and humidity as numbers, the batch as a name. */
  const surrounded = (rows: readonly (readonly [x: number, humidity: number, batch: number])[]) => {
    const { encoding, ...own } = numericDesigns(rows.map(([x, humidity]) => [x, humidity]));
    const contexts = { numeric: 1, categories: 1 };
    const categories = Int32Array.from(rows, ([, , batch]) => batch);
    return { ...own, categories, encoding: { ...encoding, categories: 1, contexts } };
  };

  it('are those of designs, however the surroundings differ, which count as no noise', () => {
    const rows = [0.1, 0.1, 0.1, 0.1, 0.7, 0.7, 0.7, 0.7].map(
      (x, i) => [x, ((i * 5) % 7) / 7, i % 2] as [number, number, number],
    );
    const own = [-1, -1, 1, 1, 3, -3, -3, 3];
    const drift = (by: number) =>
      Float64Array.from(rows, ([x, humidity, batch], i) => 9 * x + own[i]! + by * (humidity - 2 * batch));
    const replicates = Replicates.of(surrounded(rows), new Int32Array(8), undefined)!;
    const { ratios } = replicates.ratios(drift(0));
    expect(ratios[0]).toBeLessThan(0.8);
    expect(ratios[4]).toBeGreaterThan(1.1);
    replicates.ratios(drift(50)).ratios.forEach((ratio, i) => {
      expect(ratio).toBeCloseTo(ratios[i]!, 9);
    });
    const moved = replicates.ratios(
      drift(50),
      Float64Array.from(rows, (_, i) => Math.sin(i * i)),
    );
    const at = (by: number) => replicates.ratios(drift(50).map((value, i) => value + by * Math.sin(i * i))).ratios;
    const [up, down] = [at(1e-6), at(-1e-6)];
    moved.byParameter.forEach((slope, i) => {
      expect(slope).toBeCloseTo((up[i]! - down[i]!) / 2e-6, 6);
    });
  });

  it('are 1 where each value of a design was measured in surroundings of its own', () => {
    const rows = [0.1, 0.1, 0.7, 0.7].map((x, i) => [x, 0, i] as [number, number, number]);
    const { ratios } = Replicates.of(surrounded(rows), new Int32Array(4), undefined)!.ratios(
      Float64Array.of(1, 3, 4, 900),
    );
    expect([...ratios]).toEqual([1, 1, 1, 1]);
  });
});
