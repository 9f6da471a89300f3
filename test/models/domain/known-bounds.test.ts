import { expect, it } from 'vitest';
import { type CampaignSpec, campaignSchema } from '../../../models/domain/campaign.js';
import { Constraints } from '../../../models/domain/constraints/constraint.js';
import { keptWithin } from '../../../models/domain/constraints/contract.js';
import { knownBounds, withinKnownBounds } from '../../../models/domain/known-bounds.js';
import type { Space } from '../../../models/domain/space.js';

const space: Space = {
  pool: null,
  parameters: [
    { name: 'load', type: 'continuous', bounds: [0.5, 5] },
    { name: 'k', type: 'categorical', levels: ['x', 'y'] },
  ],
  properties: { price: { x: 1, y: 3 } },
  constraints: [{ type: 'formula', expression: 'load > 1' }],
};
function specOf(...objectives: object[]): CampaignSpec {
  return campaignSchema.parse({
    name: 'bounded',
    space: { parameters: space.parameters },
    objectives: [{ name: 'yield', direction: 'maximise', min: 50 }, ...objectives],
    outcomes: [{ name: 'impurity', max: 2 }],
    fidelities: [{ name: 'exact', adapter: 'problem', settings: {}, cost: 1 }],
    budget: { trials: 30 },
  });
}
const batch = { name: 'batch', direction: 'minimise', expression: 'price(k)*load' };

it('are those of objectives that are computed from the design alone', () => {
  const perGram = { name: 'perGram', direction: 'minimise', expression: 'price(k)*load/yield', max: 3 };
  expect(knownBounds(specOf(batch, perGram))).toEqual([]);
  const spec = specOf({ ...batch, max: 6 }, perGram, { ...batch, name: 'again', min: 2, max: 7 });
  expect(knownBounds(spec).map(({ place }) => place)).toEqual([1, 3]);
  const bounded = withinKnownBounds(spec, space);
  expect(Constraints.of(bounded).each.map(({ words }) => words)).toEqual(['load > 1', 'batch ≤ 6', '2 ≤ again ≤ 7']);
  expect(withinKnownBounds({ ...spec }, space)).toBe(bounded);
  expect(withinKnownBounds(specOf(batch, perGram), space)).toBe(space);
});

it('are kept as trials are held against them, where constraints allow for rounding', () => {
  const kept = (bound: object, load: number) =>
    Constraints.of(withinKnownBounds(specOf({ ...batch, ...bound }), space)).excess({ load, k: 'y' }) <= keptWithin;
  // 3·1.1 is 3.3000000000000003.
  expect(kept({ max: 3.3 }, 1.1)).toBe(false);
  expect(kept({ max: 3.3 }, 1.0999)).toBe(true);
  expect(kept({ max: 3.3000000000000003 }, 1.1)).toBe(true);
  expect(kept({ min: 3.3 }, 1.1)).toBe(true);
  expect(kept({ min: 3.3, max: 3.3 }, 1.2)).toBe(false);
});
