import { describe, expect, it } from 'vitest';
import { Constraints } from '../../../models/domain/constraints/constraint.js';
import { keptWithin } from '../../../models/domain/constraints/contract.js';
import { designKey } from '../../../models/domain/design.js';
import type { Space } from '../../../models/domain/space.js';
import { clashOf } from '../../../models/feasible/clash.js';
import { walkedTowards } from '../../../models/feasible/walked-towards.js';
import { Generator } from '../../../models/random/generator.js';
import { sampledDesigns } from '../../../models/search/sampled-designs.js';

const curved = (expression: string): Space => ({
  parameters: [
    { name: 'T', type: 'continuous', bounds: [0, 100] },
    { name: 'p', type: 'continuous', bounds: [0, 1] },
  ],
  pool: null,
  constraints: [{ type: 'formula', expression }],
});

describe('a space of which no row says anything', () => {
  it.each(['(T - 60)^2 + (100 * p - 50)^2 < 4', '(T - 60)^2 + (100 * p - 50)^2 == 100', 'T * p > 99 || T * p < 0.001'])(
    '%s: what is not refused has designs, for a start and for a search',
    async (expression) => {
      const space = curved(expression);
      expect(await clashOf(space, 20)).toBeNull();
      const constraints = Constraints.of(space);
      const designs = sampledDesigns(space, 60, 3);
      expect(new Set(designs.map(designKey)).size).toBe(60);
      for (const design of designs) expect(constraints.excess(design)).toBeLessThanOrEqual(keptWithin);
      expect(sampledDesigns(space, 60, 3)).toEqual(designs);
    },
  );

  it('is not refused for want of more designs than are looked for', async () => {
    expect(await clashOf(curved('T * p < 99'), 5_000)).toBeNull();
  });

  it('is walked with a value held where that is wanted', () => {
    const space = curved('(T - 60)^2 + (100 * p - 50)^2 < 4');
    expect(walkedTowards(space, { T: 10, p: 0.5 }, new Generator(1), 'p')).toMatchObject({ p: 0.5 });
    expect(walkedTowards(space, { T: 10, p: 0.9 }, new Generator(1), 'p')).toBeNull();
  });
});
