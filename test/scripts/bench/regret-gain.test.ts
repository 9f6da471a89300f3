import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainRegret, regretGain } from '../../../scripts/bench/regret-gain.js';

const regrets = (length: number) =>
  fc.array(fc.double({ min: 1e-9, max: 100, noNaN: true }), { minLength: length, maxLength: length });

describe('regretGain', () => {
  it('is the paired difference of logarithms', () => {
    const { difference, aboveOnePercent, share } = regretGain([0.1, 1], [10, 1], 1);
    expect(difference.mean).toBeCloseTo(-1, 12);
    expect(difference.error).toBeCloseTo(1, 12);
    expect(aboveOnePercent).toEqual(difference);
    expect(share).toBe(1);
  });

  it('counts nothing below 1 % of the range', () => {
    // From 0.1 down to 1e-5, of which the part from 0.1 to 0.01 is above 1 % of a range of 1.
    const { difference, aboveOnePercent, share } = regretGain([1e-5], [0.1], 1);
    expect(difference.mean).toBeCloseTo(-4, 12);
    expect(aboveOnePercent.mean).toBeCloseTo(-1, 12);
    expect(share).toBeCloseTo(0.25, 12);
  });

  it('takes regrets of zero and below for the least', () => {
    expect(regretGain([0, -1e-9], [1e-6, 1e-7], 1e-6).difference.mean).toBeCloseTo(0, 12);
  });

  it('has no share where there is no gain', () => {
    expect(regretGain([1], [1], 1).share).toBeNull();
    expect(regretGain([2], [1], 1).share).toBeNull();
  });

  it('turns its sign when the two are exchanged', () => {
    fc.assert(
      fc.property(regrets(4), regrets(4), (a, b) => {
        const there = regretGain(a, b, 10).aboveOnePercent.mean;
        expect(regretGain(b, a, 10).aboveOnePercent.mean).toBeCloseTo(-there, 9);
        expect(Math.abs(there)).toBeLessThanOrEqual(3 + 1e-9);
      }),
      { seed: 1 },
    );
  });
});

describe('plainRegret', () => {
  it('is median, mean and how many runs are within 1 % of the range', () => {
    const found = plainRegret([-1e-12, 0.02, 0.005, 0.075], 1);
    expect(found.median).toBeCloseTo(0.0125, 12);
    expect(found.mean).toBeCloseTo(0.025, 12);
    expect(found.solved).toBe(0.5);
  });
});
