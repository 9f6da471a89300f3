import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dot } from '../../../models/linalg/dot.js';
import { pairOf, quasiNewtonStep } from '../../../models/optimiser/quasi-newton.js';

const free = (...flags: number[]) => Uint8Array.from(flags);
const vector = fc.float64Array({ minLength: 3, maxLength: 3, min: -10, max: 10, noNaN: true });

/** A·v for a row-major [3 × 3] matrix. */
const times = (A: Float64Array, v: Float64Array) =>
  Float64Array.from(v, (_, i) => dot(A.subarray(3 * i, 3 * i + 3), v));

describe('quasi-Newton step', () => {
  it("solves with the Hessian's block of the free variables", () => {
    // [4 1; 1 3] on the first two, the third held.
    const hessian = Float64Array.of(4, 1, 9, 1, 3, 9, 9, 9, 90);
    const step = quasiNewtonStep(Float64Array.of(1, 2, 5), free(1, 1, 0), hessian, []);
    expect(step[0]).toBeCloseTo(-1 / 11, 14);
    expect(step[1]).toBeCloseTo(-7 / 11, 14);
    expect(step[2]).toBe(0);
    expect([...quasiNewtonStep(Float64Array.of(1, 2, 5), free(0, 0, 0), hessian, [])].map(Math.abs)).toEqual([0, 0, 0]);
  });

  it('goes down the gradient where nothing is known', () => {
    expect([...quasiNewtonStep(Float64Array.of(1, -2, 3), free(1, 1, 1), null, [])]).toEqual([-1, 2, -3]);
  });

  it('takes the last pair along with any Hessian: the step undoes the change of the gradient', () => {
    const entry = fc.integer({ min: -10, max: 10 });
    const share = fc.double({ min: -1, max: 1, noNaN: true });
    // y = D·s with a diagonal D of 1 to 3.
    const pair = fc
      .array(fc.tuple(entry, share), { minLength: 3, maxLength: 3 })
      .filter((entries) => entries.some(([value]) => value !== 0))
      .map((entries) => {
        const s = Float64Array.from(entries, ([value]) => value);
        return pairOf(
          s,
          Float64Array.from(entries, ([value, part]) => value * (2 + part)),
        )!;
      });
    fc.assert(
      fc.property(fc.array(pair, { minLength: 1, maxLength: 4 }), fc.boolean(), (pairs, known) => {
        const hessian = known ? Float64Array.of(2, 1, 0, 1, 2, 1, 0, 1, 2) : null;
        const { s, y } = pairs.at(-1)!;
        const step = quasiNewtonStep(y, free(1, 1, 1), hessian, pairs);
        for (let i = 0; i < 3; i++) expect(step[i]! + s[i]!).toBeCloseTo(0, 8);
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it('goes down whatever the pairs are', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(vector, vector), { maxLength: 4 }), vector, (steps, gradient) => {
        const hessian = Float64Array.of(2, 1, 0, 1, 2, 1, 0, 1, 2);
        const pairs = steps.flatMap(([s, y]) => pairOf(s, y) ?? []).filter(({ rho }) => rho < 1e3);
        fc.pre(dot(gradient, gradient) > 1e-6);
        const step = quasiNewtonStep(gradient, free(1, 1, 1), hessian, pairs);
        expect(dot(step, gradient)).toBeLessThan(0);
        if (pairs.length === 0) expect(dot(times(hessian, step), gradient)).toBeCloseTo(-dot(gradient, gradient), 6);
      }),
      { seed: 6, numRuns: 200 },
    );
  });

  it('leaves out steps along which the gradient does not grow', () => {
    expect(pairOf(Float64Array.of(1, 0), Float64Array.of(-1, 0))).toBeNull();
    expect(pairOf(Float64Array.of(1, 0), Float64Array.of(0, 1))).toBeNull();
    expect(pairOf(Float64Array.of(0, 0), Float64Array.of(0, 0))).toBeNull();
    expect(pairOf(Float64Array.of(2, 0), Float64Array.of(2, 5))!.rho).toBe(0.25);
  });
});
