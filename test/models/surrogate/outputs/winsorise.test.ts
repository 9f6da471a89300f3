import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { winsorised } from '../../../../models/surrogate/outputs/winsorise.js';

describe('winsorised', () => {
  it("draws the bad tail in to Tukey's fence", () => {
    // Quartiles 1.5 and 3.5 of 0 … 4 and 1000: fence 3.75 + 1.5·2.5.
    expect([...winsorised(Float64Array.of(0, 1, 2, 3, 4, 1000))]).toEqual([0, 1, 2, 3, 4, 7.5]);
  });

  it('leaves the best half, and everything where half are equal, as they are', () => {
    expect([...winsorised(Float64Array.of(1, 1, 1, 1, 50))]).toEqual([1, 1, 1, 1, 50]);
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (some) => {
        const losses = Float64Array.from(some);
        const drawn = winsorised(losses);
        const median = Float64Array.from(losses).sort()[Math.floor((losses.length - 1) / 2)]!;
        drawn.forEach((loss, i) => {
          expect(loss).toBeLessThanOrEqual(losses[i]!);
          if (losses[i]! <= median) expect(loss).toBe(losses[i]);
        });
      }),
      { seed: 2 },
    );
  });
});
