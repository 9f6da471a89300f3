import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mixtureEncoderOf } from '../../../models/encode/mixtures.js';

describe('mixture encoder', () => {
  it('takes fractions alone where a component is no element, fractions and statistics where all are', () => {
    const plain = mixtureEncoderOf([{ A: 1 }, { Fe: 1 }, { A: 0.5, Fe: 0.5 }]);
    expect(plain.width).toBe(2);
    const chemical = mixtureEncoderOf([{ Ni: 1 }, { Fe: 1 }, { Ni: 0.5, Fe: 0.5 }]);
    expect(chemical.width).toBeGreaterThan(20);
    // The first entries are the fractions: of Fe -1.22, 1.22 and 0 standard deviations.
    expect([...chemical.encode({ Ni: 1 }).subarray(0, 2)]).toEqual([-Math.sqrt(1.5), Math.sqrt(1.5)].map(near));
    expect([...chemical.encode({ Fe: 0.5, Ni: 0.5 }).subarray(0, 2)]).toEqual([0, 0].map(near));
  });

  it('does not depend on the order of the components', () => {
    const mixtures = [{ Fe: 0.2, Ni: 0.3, Cr: 0.5 }, { Fe: 1 }, { Cr: 1 }];
    const { encode } = mixtureEncoderOf(mixtures);
    const turned = mixtureEncoderOf([{ Cr: 1 }, { Cr: 0.5, Ni: 0.3, Fe: 0.2 }, { Fe: 1 }]);
    const [a, b] = [encode(mixtures[0]!), turned.encode({ Cr: 0.5, Ni: 0.3, Fe: 0.2 })];
    expect(a).toHaveLength(b.length);
    a.forEach((value, i) => {
      expect(value).toBeCloseTo(b[i]!, 10);
    });
  });

  it('keeps different mixtures apart, and clips only where elements are', () => {
    const rare = [...Array.from({ length: 400 }, () => ({ A: 1 })), { A: 0.8, B: 0.2 }, { A: 0.9, B: 0.1 }];
    const { encode } = mixtureEncoderOf(rare);
    expect(encode({ A: 0.9, B: 0.1 })[1]).toBeLessThan(encode({ A: 0.8, B: 0.2 })[1]! - 1);
    expect(encode({ A: 0.9, B: 0.1 })[1]).toBeGreaterThan(4);
    const metals = rare.map(({ A, B = 0 }: { A: number; B?: number }) => ({ Fe: A, Ni: B }));
    const chemical = mixtureEncoderOf(metals);
    expect(chemical.encode({ Fe: 0.8, Ni: 0.2 }).every((value) => Math.abs(value) <= 4)).toBe(true);
  });

  it('has an entry of 0 where all mixtures are alike', () => {
    const { width, encode } = mixtureEncoderOf([{ Fe: 1 }, { Fe: 1 }]);
    expect([width, ...encode({ Fe: 1 })]).toEqual([1, 0]);
  });

  it('tells all compositions of a grid apart', () => {
    const grid = fc
      .tuple(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 10 }))
      .filter(([a, b]) => a + b <= 10);
    const all = Array.from({ length: 121 }, (_, i) => [i % 11, Math.floor(i / 11)] as const)
      .filter(([a, b]) => a + b <= 10)
      .map(([a, b]) => ({ A: a / 10, B: b / 10, C: (10 - a - b) / 10 }));
    const { encode } = mixtureEncoderOf(all);
    fc.assert(
      fc.property(grid, grid, ([a, b], [c, d]) => {
        const [x, y] = [
          encode({ A: a / 10, B: b / 10, C: (10 - a - b) / 10 }),
          encode({ A: c / 10, B: d / 10, C: (10 - c - d) / 10 }),
        ];
        expect(x.join() === y.join()).toBe(a === c && b === d);
      }),
      { seed: 9 },
    );
  });
});

function near(value: number): unknown {
  return expect.closeTo(value, 10);
}
