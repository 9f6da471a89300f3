import { expect, it } from 'vitest';
import { coverageOf, explained } from '../../../../models/strategy/explain/leave-one-out.js';

it('counts how often values lie where they were predicted to', () => {
  const ranks = [0.5, 0.3, 0.9, 0.96, 0.999].map((rank) => ({ rank }));
  expect(coverageOf(ranks)).toEqual([
    { nominal: 0.5, covered: 0.4 },
    { nominal: 0.8, covered: 0.6 },
    { nominal: 0.9, covered: 0.6 },
    { nominal: 0.95, covered: 0.8 },
  ]);
  expect(coverageOf([])).toEqual([]);
  expect(
    explained([
      { measured: 1, predicted: 1 },
      { measured: 3, predicted: 2 },
    ]),
  ).toBe(0.5);
  expect(explained([{ measured: 1, predicted: 1 }])).toBeNull();
});
