import { describe, expect, it } from 'vitest';
import { nextOf, quiet, visit } from '../../support/replicate-visits.js';

describe('one more value', () => {
  const bounded = { objectives: [{ name: 'f', direction: 'minimise' }], outcomes: [{ name: 'g', max: 5 }] };

  it('leaves what disagrees as it is where it cannot be the best', () => {
    const pair = (a: number, b: number) => [...quiet([1]), visit('a', 0.1, [a]), visit('b', 0.1, [b])];
    expect(nextOf({}, pair(3, 8))).toBeNull();
    expect(nextOf({}, pair(0.9, 8))).toMatch(/^measures again what a, b measured, as its values of f disagree: /);
    // It is the best by what it gives on average.
    expect(nextOf({}, pair(-9, -4))).toMatch(/^measures again what a, b measured/);
    // What is taken for a gross error makes nothing else worse.
    const wild = visit('w', 0.2, [-99]);
    expect(nextOf({}, [...pair(0.9, 8), wild])).toBeNull();
    expect(nextOf({}, [...pair(0.9, 8), wild], pair(0.9, 8))).toMatch(/disagree/);
    const within = (g: number) => [...quiet([1, 2]), visit('a', 0.1, [-3, g]), visit('b', 0.1, [-8, g + 0.01])];
    expect(nextOf(bounded, within(6))).toBeNull();
    expect(nextOf(bounded, within(4))).toMatch(/what a, b measured, as its values of f disagree/);
    const front = { objectives: [...bounded.objectives, { name: 'h', direction: 'maximise' }] };
    const beside = (h: number) => [...quiet([1, -2]), visit('a', 0.1, [2, h]), visit('b', 0.1, [5, h])];
    expect(nextOf(front, beside(-1))).toBeNull();
    expect(nextOf(front, beside(-3))).toMatch(/what a, b measured/);
  });

  it('measures the best again by its lead, with bounds, targets and fronts, too', () => {
    const wanted = { objectives: [{ name: 'f', direction: 'target', value: 0, tolerance: 0.5 }] };
    const front = { objectives: [...bounded.objectives, { name: 'h', direction: 'maximise' }] };
    const words = 'measures again what a measured, the best so far, by a single value that noise may have made';
    for (const [more, far, near] of [
      [{}, [-99], [0.995]],
      [bounded, [-99, 2], [0.995, 2]],
      [bounded, [-99, 2], [-99, 4.995]],
      [wanted, [0.2], [0.995]],
      [front, [-99, -9], [0.995, -2.005]],
    ] as const) {
      const others = quiet([1, more === front ? -2 : 2].slice(0, far.length));
      expect(nextOf(more, [...others, visit('a', 0.1, far)])).toBeNull();
      expect(nextOf(more, [...others, visit('a', 0.1, near)])).toBe(words);
      const known = visit('a', 0.1, far, { noises: far.map(() => 1e-6) });
      expect(nextOf(more, [visit('b', 0.2, others[0]!.turned), known])).toBeNull();
    }
  });
});
