import { describe, expect, it } from 'vitest';
import { principalComponents } from '../../../../models/encode/curves/principal-components.js';
import { Generator } from '../../../../models/random/generator.js';

describe('principal components', () => {
  const random = new Generator(3, 'curves');
  const rows = Array.from({ length: 40 }, () => {
    const [a, b] = [random.normal(), 0.3 * random.normal()];
    return Float64Array.from({ length: 12 }, (_, t) => 5 + a * Math.sin(t) + b * Math.cos(t) + 1e-4 * random.normal());
  });

  it('are as many as explain the variance, and keep the distances of rows', () => {
    const { scores, explained } = principalComponents(rows, { explained: 0.9999, most: 8 });
    expect(scores[0]).toHaveLength(2);
    expect(explained).toBeGreaterThan(0.9999);
    const apart = (a: Float64Array, b: Float64Array) => Math.hypot(...a.map((value, t) => value - b[t]!));
    for (const i of [1, 7, 39]) expect(apart(scores[0]!, scores[i]!)).toBeCloseTo(apart(rows[0]!, rows[i]!), 2);
    expect(principalComponents(rows, { explained: 0.9999, most: 1 }).scores[0]).toHaveLength(1);
  });

  it('are the same whichever way more rows than numbers, or fewer, are decomposed; of equal rows there are none', () => {
    const few = rows.slice(0, 6);
    const wide = principalComponents(few, { explained: 0.99, most: 8 });
    const doubled = principalComponents([...few, ...few, ...few], { explained: 0.99, most: 8 });
    for (const [i, score] of wide.scores.entries())
      for (const [c, value] of score.entries()) expect(doubled.scores[i]![c]).toBeCloseTo(value, 9);
    expect(principalComponents([rows[0]!, rows[0]!], { explained: 0.9, most: 8 }).scores[0]).toHaveLength(0);
  });
});
