import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FidelityValue, linearTruncated } from '../../../models/kernel/fidelity.js';

const kernels: readonly [string, number, (s: number, t: number, theta: readonly number[]) => FidelityValue][] = [
  ['linear-truncated', 1, (s, t, [p]) => linearTruncated(s, t, p!)],
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

it('the linear-truncated weight is 0 at full fidelity', () => {
  expect(linearTruncated(1, 0.3, 1.5).value).toBe(0);
});
