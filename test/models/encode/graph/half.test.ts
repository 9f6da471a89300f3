import { expect, it } from 'vitest';
import { toHalf } from '../../../../models/encode/graph/half.js';

it('numbers become those of 16 bits, as NumPy 2.4 has them', () => {
  const cases: readonly (readonly [number, number])[] = [
    [0, 0],
    [1, 1],
    [-2.5, -2.5],
    [1 / 3, 0.333251953125],
    [0.1, 0.0999755859375],
    [2049, 2048],
    [2051, 2052],
    [65504, 65504],
    [1e-7, 1.1920928955078125e-7],
    [2e-8, 0],
    [3.1e-5, 3.0994415283203125e-5],
    [-Math.SQRT1_2, -0.70703125],
  ];
  for (const [given, wanted] of cases) expect(toHalf(given)).toBe(wanted);
});

it('what has 16 bits stays as it is', () => {
  const small = Array.from({ length: 2048 }, (_, i) => i * 2 ** -24);
  const large = Array.from({ length: 1024 }, (_, i) => (1024 + i) * 2 ** -7);
  expect([...small, ...large].filter((number) => toHalf(number) !== number)).toEqual([]);
});
