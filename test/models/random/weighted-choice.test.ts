import { describe, expect, it } from 'vitest';
import { Generator } from '../../../models/random/generator.js';
import { weightedChoice } from '../../../models/random/weighted-choice.js';

describe('weighted choice', () => {
  it('takes each index as often as its weight says, to five standard errors', () => {
    const weights = [0.2, 0, 0.5, 0.3];
    const random = new Generator(7, 'choice');
    const draws = 4000;
    const counts = weights.map(() => 0);
    for (let draw = 0; draw < draws; draw++) counts[weightedChoice(weights, random)]! += 1;
    weights.forEach((weight, i) => {
      const error = Math.sqrt(draws * weight * (1 - weight));
      expect(Math.abs(counts[i]! - draws * weight)).toBeLessThanOrEqual(5 * error);
    });
  });

  it('gives what rounding leaves to the last', () => {
    expect(weightedChoice([0, 0], new Generator(1))).toBe(1);
  });
});
