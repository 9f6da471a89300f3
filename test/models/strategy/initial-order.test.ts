import { describe, expect, it } from 'vitest';
import { campaignSchema } from '../../../models/domain/campaign.js';
import { type Design, designKey } from '../../../models/domain/design.js';
import type { Parameter } from '../../../models/domain/parameters/parameter.js';
import type { Space } from '../../../models/domain/space.js';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { prepareSpace } from '../../../models/strategy/candidates.js';
import { initialOrder } from '../../../models/strategy/initial-order.js';

const properties = { price: { x: 1, y: 5, z: 20 } };
const k: Parameter = { name: 'k', type: 'categorical', levels: ['x', 'y', 'z'] };
const load: Parameter = { name: 'load', type: 'continuous', bounds: [0.5, 5] };
const t: Parameter = { name: 't', type: 'continuous', bounds: [20, 120] };
const costOf = (design: Design) => properties.price[design.k as 'x'] * Number(design.load);

function campaignOf(bound: object, space: Pick<Space, 'parameters'> & Partial<Space>, strategy: object = {}) {
  const spec = campaignSchema.parse({
    name: 'bounded',
    space: { parameters: [t, load, k], properties },
    objectives: [
      { name: 'yield', direction: 'maximise' },
      { name: 'cost', direction: 'minimise', expression: 'price(k)*load', ...bound },
    ],
    fidelities: [{ name: 'exact', adapter: 'problem', settings: {}, cost: 1 }],
    strategy,
    budget: { trials: 40 },
  });
  return { id: 'bounded', spec, space: { pool: null, properties, ...space } };
}

describe('designs that break a bound which the design alone tells', () => {
  it.each([
    ['sobol', undefined, 16],
    ['d-optimal', 'linear', undefined],
    ['i-optimal', 'interactions', 14],
  ])('are none of the first trials of a %s start', async (type, model, trials) => {
    const plan = model === undefined ? { type } : { type, model };
    const initial = trials === undefined ? { plan } : { plan, trials };
    const campaign = campaignOf({ max: 12 }, { parameters: [t, load, k] }, { initial });
    const { proposals } = await new Planner(campaign).ask(trials ?? 5);
    expect(proposals.map(({ reason }) => reason.kind)).toEqual(Array(trials ?? 5).fill('initial'));
    // Held against the bound without any rounding, as trials are; optimal ones lie at it.
    const costs = proposals.map(({ design }) => costOf(design));
    expect(Math.max(...costs)).toBeLessThanOrEqual(12);
    if (trials !== 16) expect(Math.max(...costs)).toBeGreaterThan(11.9);
  });

  it('come behind all others of a pool, and of combinations that can be listed', async () => {
    const designs = Array.from({ length: 30 }, (_, i) => ({ t: 20 + i, load: 0.5 + (i % 10) / 2, k: 'xyz'[i % 3]! }));
    const pool = { ids: designs.map((_, i) => `r${i}`), designs };
    const few: Parameter[] = [
      { name: 't', type: 'integer', bounds: [20, 22] },
      { name: 'load', type: 'discrete', values: [0.5, 1, 5] },
      k,
    ];
    for (const space of [{ parameters: [t, load, k], pool }, { parameters: few }]) {
      const { spec, space: own } = campaignOf({ min: 1, max: 12 }, space);
      const order = initialOrder(await prepareSpace(own), spec);
      const all: boolean[] = [];
      for (let place = order(0); place !== null; place = order(all.length))
        all.push(costOf(place.design) >= 1 && costOf(place.design) <= 12);
      expect(all).toHaveLength(space.pool === undefined ? 27 : 30);
      expect(all.indexOf(false)).toBe(all.filter((isKept) => isKept).length);
    }
  });

  it('come at last where there are no others, each once, whichever is asked for first', async () => {
    // 30,000 combinations, of which three keep the bound.
    const wide: Parameter[] = [
      { name: 'load', type: 'integer', bounds: [1, 10_000] },
      { name: 'k', type: 'categorical', levels: ['x', 'y', 'z'] },
    ];
    const { spec, space } = campaignOf({ max: 3 }, { parameters: wide });
    const order = initialOrder(await prepareSpace(space), spec);
    const last = order(7)!;
    const eight = Array.from({ length: 8 }, (_, i) => order(i)!);
    expect(eight[7]).toEqual(last);
    const kept = eight.map(({ design }) => costOf(design) <= 3);
    expect(kept.lastIndexOf(true)).toBe(kept.filter((one) => one).length - 1);
    expect(kept.slice(0, 3)).toEqual([true, true, true]);
    expect(kept.slice(3)).toEqual(Array(5).fill(false));
    expect(new Set(eight.map(({ design }) => designKey(design))).size).toBe(8);
  });

  it('change nothing where no bound is known of the design', async () => {
    const bound = campaignOf({}, { parameters: [t, load, k] });
    const free = { ...bound.spec, objectives: bound.spec.objectives.slice(0, 1) };
    const prepared = await prepareSpace(bound.space);
    const [one, other] = [initialOrder(prepared, bound.spec), initialOrder(prepared, free)];
    for (let i = 0; i < 8; i++) expect(one(i)).toEqual(other(i));
  });
});
