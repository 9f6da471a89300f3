import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  downsampling,
  exponentialDecay,
  type FidelityValue,
  linearTruncated,
} from '../../../models/kernel/fidelity.js';
import { golden, relativeError } from '../../support/golden.js';

interface FidelityCase {
  readonly kernel: string;
  readonly s: number[][];
  readonly offset: number;
  readonly power: number;
  readonly lengthscale: number;
  readonly K: number[][];
}

const kernels: readonly [string, number, (s: number, t: number, theta: readonly number[]) => FidelityValue][] = [
  ['linear-truncated', 1, (s, t, [p]) => linearTruncated(s, t, p!)],
  ['exponential-decay', 3, (s, t, [c, p, l]) => exponentialDecay(s, t, [c!, p!, l!])],
  ['downsampling', 2, (s, t, [c, p]) => downsampling(s, t, [c!, p!])],
];

describe.each(kernels)('kernel over fidelities %s', (_, size, kernel) => {
  const fidelity = fc.double({ min: 0.01, max: 0.95, noNaN: true });
  const theta = fc.array(fc.double({ min: 0.2, max: 3, noNaN: true }), { minLength: size, maxLength: size });

  it('has derivatives that agree with central differences', () => {
    fc.assert(
      fc.property(fidelity, fidelity, theta, (s, t, values) => {
        const { slopes, byFidelity } = kernel(s, t, values);
        const difference = (at: (shift: number) => FidelityValue) => (at(1e-5).value - at(-1e-5).value) / 2e-5;
        expect(slopes.length).toBe(size);
        slopes.forEach((slope, q) => {
          const moved = (by: number) =>
            kernel(
              s,
              t,
              values.map((v, i) => (i === q ? v + by : v)),
            );
          expect(slope).toBeCloseTo(difference(moved), 6);
        });
        expect(byFidelity).toBeCloseTo(
          difference((by) => kernel(s + by, t, values)),
          6,
        );
      }),
      { seed: 5 },
    );
  });

  it('takes the two fidelities alike', () => {
    fc.assert(
      fc.property(fidelity, fidelity, theta, (s, t, values) => {
        expect(kernel(s, t, values).value).toBeCloseTo(kernel(t, s, values).value, 12);
      }),
      { seed: 6 },
    );
  });
});

describe('at full fidelity', () => {
  it('the linear-truncated weight and the downsampling power are 0, and have slopes', () => {
    expect(linearTruncated(1, 0.3, 1.5).value).toBe(0);
    const full = downsampling(1, 0.3, [0.4, 1.5]);
    expect(full.value).toBe(0.4);
    expect(full.slopes).toEqual([1, 0]);
  });
});

describe('against BoTorch 0.18.1', () => {
  it('decay and downsampling', () => {
    const cases = golden('fidelity-kernels').cases as unknown as FidelityCase[];
    const checked = cases.flatMap((c) => {
      const kernel = kernels.find(([name]) => name === c.kernel)![2];
      const theta = { 'exponential-decay': [c.offset, c.power, c.lengthscale], downsampling: [c.offset, c.power] };
      const values = theta[c.kernel as keyof typeof theta];
      if (values === undefined) return [];
      c.K.forEach((row, i) => {
        row.forEach((reference, j) => {
          expect(relativeError(kernel(c.s[i]![0]!, c.s[j]![0]!, values).value, reference)).toBeLessThan(1e-10);
        });
      });
      return [c.kernel];
    });
    expect(checked).toEqual(['exponential-decay', 'downsampling']);
  });
});
