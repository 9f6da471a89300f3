import { describe, expect, it } from 'vitest';
import { meritOf, metOf } from '../../../models/domain/merit.js';
import { front, judged, leader, wishesOf } from '../../../models/domain/standing.js';

const wishes = [
  { from: 0, to: -100, weight: 1 },
  { from: 50, to: 10, weight: 3 },
];

describe('desirability', () => {
  const at = (...losses: number[]) => 1 - meritOf('desirability', wishes, losses);
  it('is the weighted geometric mean of straight ramps', () => {
    expect(at(-100, 10)).toBe(1);
    expect(at(-200, 0)).toBe(1);
    expect(at(0, 10)).toBe(0);
    expect(at(-50, 30)).toBeCloseTo(0.5, 12);
    expect(at(-25, 10)).toBeCloseTo(0.25 ** 0.25, 12);
    expect(at(-100, 40)).toBeCloseTo(0.25 ** 0.75, 12);
  });
});

describe('lexicographic order', () => {
  const at = (...losses: number[]) => meritOf('lexicographic', wishes, losses);
  it('goes by the first objective that is not there, and by the first beyond its goal where all are', () => {
    expect(at(0, 0)).toBeCloseTo(1.5, 12);
    expect(at(-50, 1000)).toBeLessThan(at(-40, 10));
    expect(at(-100, 1000)).toBeLessThan(at(-99, 0));
    expect(at(-100, 30)).toBeCloseTo(1 / 3, 12);
    expect(at(-100, 10)).toBeCloseTo(0, 12);
    expect(at(-200, 10)).toBeCloseTo(-0.5, 12);
    expect([at(0, 0), at(-100, 30), at(-100, 10), at(-200, 5)].map((merit) => metOf(merit, 2))).toEqual([0, 1, 2, 2]);
  });

  it('never rises where a loss falls', () => {
    for (const combine of ['desirability', 'lexicographic'] as const)
      for (let x = 20; x > -220; x -= 7)
        for (let y = 80; y > -20; y -= 7) {
          const here = meritOf(combine, wishes, [x, y]);
          expect(meritOf(combine, wishes, [x - 3, y])).toBeLessThanOrEqual(here + 1e-12);
          expect(meritOf(combine, wishes, [x, y - 3])).toBeLessThanOrEqual(here + 1e-12);
        }
  });
});

it('decides which trial is better where objectives are combined', () => {
  const goals = {
    objectives: [
      { name: 'yield', direction: 'maximise' as const, desirable: { from: 0, to: 100 } },
      { name: 'ph', direction: 'target' as const, value: 7, tolerance: 0.5, desirable: { from: 10, to: 7 } },
    ],
    bounds: [],
    combine: 'desirability' as const,
  };
  expect(wishesOf(goals)).toEqual([
    { from: -0, to: -100, weight: 1 },
    { from: 2.5, to: 0, weight: 1 },
  ]);
  const trials = [
    judged(goals, { yield: 90, ph: 10 }),
    judged(goals, { yield: 60, ph: 7.2 }),
    judged(goals, { yield: 50 }),
  ];
  expect(trials.map(({ merit }) => merit)).toEqual([1, 1 - Math.sqrt(0.6), undefined]);
  expect(front(trials)).toEqual([trials[1]]);
  expect(leader(front(trials))).toBe(trials[1]);
});
