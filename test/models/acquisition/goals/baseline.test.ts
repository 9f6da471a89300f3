import { expect, it } from 'vitest';
import { type DrawnFront, everInFront } from '../../../../models/acquisition/goals/baseline.js';
import { Generator } from '../../../../models/random/generator.js';

/** A front of `close` points in a corner of it, and the last one far from all others, in draws that differ a little. */
function draws(close: number): DrawnFront[] {
  return Array.from({ length: 16 }, (_, s) => {
    const random = new Generator(s, 'front');
    const losses = Array.from({ length: close }, (__, i) => {
      const x = 0.5 + (0.01 * i) / close;
      return [x + 1e-6 * random.uniform(), 1.01 - x + 1e-6 * random.uniform()];
    });
    // In half of the draws it is beyond the reference.
    const alone = s % 2 === 0 ? [0.05, 0.95] : [0.05, 2];
    return {
      points: { losses: Float64Array.from([...losses, alone].flat()), m: 2 },
      feasible: Array.from({ length: close + 1 }, () => true),
    };
  });
}

it('keeps every design that is in the front of any draw, as long as there are few', () => {
  const kept = everInFront(draws(30), [1, 1]);
  expect(kept).toEqual(Array.from({ length: 31 }, (_, i) => i));
});

it('keeps of many those that the front would miss most, the newest too', () => {
  const kept = everInFront(draws(100), [1, 1]);
  expect(kept).toHaveLength(64);
  // More often than it the close ones are in the front, and cover next to nothing that their neighbours do not.
  expect(kept).toContain(100);
  expect(kept).toEqual([...kept].sort((a, b) => a - b));
});
