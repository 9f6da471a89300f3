import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../models/domain/campaign.js';
import type { Design } from '../../../models/domain/design.js';
import { typeOf } from '../../../models/domain/parameters/parameter.js';
import type { Space } from '../../../models/domain/space.js';
import { Generator } from '../../../models/random/generator.js';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { placesOfTrials, prepareFor, prepareSpace } from '../../../models/strategy/candidates.js';
import { contextsOf } from '../../../models/strategy/contexts.js';
import { closedLevels, crowding } from '../../../models/strategy/crowding.js';
import { type Visit, visitsOf } from '../../../models/strategy/history.js';
import { initialOrder } from '../../../models/strategy/initial-order.js';
import { someCampaign, somePool } from '../../support/campaigns.js';

const one = { fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }], budget: { trials: 200 } };
const parameters = (...given: unknown[]) => given as unknown as Space['parameters'];
const listed: Space = {
  parameters: parameters(
    { name: 'x', type: 'integer', bounds: [0, 60] },
    { name: 'y', type: 'integer', bounds: [-50, 50] },
  ),
  pool: null,
};
const wide: Space = {
  parameters: parameters(
    { name: 'x', type: 'integer', bounds: [0, 4000] },
    { name: 'y', type: 'integer', bounds: [-4000, 4000] },
  ),
  pool: null,
};
const mixed: Space = {
  parameters: parameters(
    { name: 'x', type: 'continuous', bounds: [0, 1] },
    { name: 'y', type: 'continuous', bounds: [-2, 2] },
    { name: 'solvent', type: 'categorical', levels: ['DMF', 'DMSO', 'THF', 'MeCN', 'toluene'] },
    { name: 'base', type: 'categorical', levels: ['K2CO3', 'Cs2CO3', 'DBU', 'Et3N'] },
  ),
  pool: null,
};
const product: Space = {
  parameters: parameters(
    { name: 'x', type: 'discrete', values: [0, 0.2, 0.4, 0.6, 0.8, 1] },
    { name: 'y', type: 'discrete', values: [-2, -1, 0, 1, 2] },
    { name: 'solvent', type: 'categorical', levels: ['DMF', 'DMSO', 'THF', 'MeCN', 'toluene'] },
  ),
  pool: null,
};
const continuous = someCampaign(one).space;
const earlier: Space = {
  ...continuous,
  sources: [
    {
      name: 'march',
      designs: Array.from({ length: 12 }, (_, i) => ({ x: ((i * 7) % 12) / 12, y: (i / 12) * 4 - 2 })),
      values: Array.from({ length: 12 }, (_, i) => Math.sin(i)),
      leftOut: 0,
    },
  ],
};

const solvents: Record<string, number> = { DMF: 0, DMSO: 0.1, THF: 0.5, MeCN: 0.2, toluene: 0.8 };
const loss = (design: Design) => {
  const scale = Math.max(1, Math.abs(design.y as number) / 4) > 100 ? 4000 : Math.abs(design.y as number) > 2 ? 50 : 1;
  const [x, y] = [(design.x as number) / (scale === 1 ? 1 : scale), (design.y as number) / scale];
  return (x - 0.37) ** 2 + (y / 2 - 0.2) ** 2 + (solvents[design.solvent as string] ?? 0);
};

const kinds: [string, Campaign, boolean][] = [
  ['a continuous space', someCampaign(one), false],
  ['a continuous space, noisy', someCampaign(one), true],
  ['several fidelities', someCampaign({ budget: { cost: 100 } }), false],
  ['a pool', someCampaign(one, somePool(300)), false],
  ['a pool with several fidelities', someCampaign({ budget: { cost: 100 } }, somePool(300)), false],
  ['an integer grid', someCampaign(one, listed), false],
  ['an integer grid too large to be listed', someCampaign(one, wide), false],
  ['a mixed space', someCampaign(one, mixed), false],
  ['a finite product', someCampaign(one, product), false],
  ['a space with an earlier campaign', someCampaign(one, earlier), false],
];

/** How far two designs are apart: the largest difference in a number, in shares of its range, or 1 where a name differs. */
function distance({ space }: Campaign, a: Design, b: Design): number {
  return Math.max(
    ...space.parameters.map((parameter) => {
      const [one, other] = [a, b].map((design) => typeOf(parameter).feature(parameter, design[parameter.name]!));
      if (one!.kind === 'numeric' && other!.kind === 'numeric') return Math.abs(one!.value - other!.value);
      return a[parameter.name] === b[parameter.name] ? 0 : 1;
    }),
  );
}

/** A planner that knows some trials at random designs; of several fidelities, at all of them. */
async function informed(campaign: Campaign, noisy: boolean, seed: number): Promise<Planner> {
  const planner = new Planner(campaign);
  const random = new Generator(seed, 'noise');
  const order = initialOrder(await prepareSpace(campaign.space), { ...campaign.spec, seed });
  for (let i = 0; i < 14; i++) {
    const { design, rowId } = order(i)!;
    const value = loss(design) + (noisy ? 0.3 * random.normal() : 0);
    for (const { name } of campaign.spec.fidelities)
      planner.tell([{ ...(rowId === null ? { design } : { rowId }), fidelity: name, value }]);
  }
  return planner;
}

describe('a batch', () => {
  it.each(kinds)(
    'in %s is spread: no two of it, nor one of it and one in flight, are all but the same',
    async (_, campaign, noisy) => {
      for (const seed of [1, 2]) {
        const planner = await informed(campaign, noisy, seed);
        // The first four are in flight when the others are asked for.
        const batch = [...(await planner.ask(4)).proposals, ...(await planner.ask(4)).proposals];
        expect(batch).toHaveLength(8);
        for (const [i, a] of batch.entries())
          for (const b of batch.slice(0, i))
            if (a.fidelity === b.fidelity) expect(distance(campaign, a.design, b.design)).toBeGreaterThan(1e-3);
        // Nor does the whole of it come down to a corner: some two are a hundredth of a range apart, in a number if there is one.
        const numbers = batch.map(({ design }) => ({ ...design, solvent: '', base: '' }));
        expect(Math.max(...numbers.flatMap((a) => numbers.map((b) => distance(campaign, a, b))))).toBeGreaterThan(0.01);
      }
    },
  );

  it('in a mixed space is not one combination of names', async () => {
    const [, campaign] = kinds.find(([name]) => name === 'a mixed space')!;
    const planner = await informed(campaign, false, 5);
    const { proposals } = await planner.ask(8);
    expect(new Set(proposals.map(({ design }) => `${design.solvent} ${design.base}`)).size).toBeGreaterThan(1);
  });
});

describe('a batch by probability of improvement', () => {
  const named = (space?: Space) => someCampaign({ ...one, strategy: { acquisition: 'log-pi' } }, space);
  it.each([
    ['a continuous space', named(), false],
    ['a continuous space, noisy', named(), true],
    ['a mixed space', named(mixed), false],
  ] as const)('keeps off what is in flight in %s', async (_, campaign, noisy) => {
    const planner = await informed(campaign, noisy, 1);
    const { proposals } = await planner.ask(6);
    for (const [i, a] of proposals.entries())
      for (const b of proposals.slice(0, i)) expect(distance(campaign, a.design, b.design)).toBeGreaterThan(0.01);
  });
});

const inFlight = (design: Design, rowId: string | null, level = 0): Visit => ({
  trialId: '',
  design,
  rowId,
  level,
  turned: [],
  noises: [],
  pending: true,
});

describe('crowding', () => {
  it('is what differs from a trial in flight at its level by nothing that counts', async () => {
    const prepared = await prepareSpace(mixed);
    const here = { x: 0.5, y: 0, solvent: 'DMF', base: 'DBU' };
    const crowded = crowding(prepared, [
      inFlight(here, null),
      { ...inFlight({ ...here, x: 0.9 }, null), pending: false },
    ])!;
    const at = (changes: Design, level = 0) =>
      crowded(prepared.encoder.encode([{ ...here, ...changes } as Design]), 0, level);
    expect(at({})).toBe(true);
    expect(at({ x: 0.5009, y: 0.003 })).toBe(true);
    expect(at({ x: 0.502 })).toBe(false);
    expect(at({ y: 0.005 })).toBe(false);
    expect(at({ base: 'Et3N' })).toBe(false);
    expect(at({}, 1)).toBe(false);
    expect(at({ x: 0.9 })).toBe(false);
    expect(crowding(prepared, [])).toBeNull();
  });

  it('closes rows of a list, but not the last ones', async () => {
    const designs = [0.1, 0.1005, 0.3, 0.3002].map((x) => ({ x, y: 0 }));
    const ids = ['a', 'b', 'c', 'd'];
    const space: Space = { ...somePool(1), pool: { ids, designs } };
    const prepared = await prepareSpace(space);
    const closed = (...visits: Visit[]) => [...closedLevels(prepared, prepared.listed!, visits, 1)];
    expect(closed(inFlight(designs[0]!, 'a'))).toEqual([1, 1, 0, 0]);
    expect(closed(inFlight(designs[0]!, 'a'), inFlight(designs[2]!, 'c'))).toEqual([1, 0, 1, 0]);
  });
});

it('keeps off what taught nothing, in whatever surroundings that was', async () => {
  const campaign = someCampaign({
    ...one,
    objectives: [
      { name: 'f', direction: 'minimise' },
      { name: 'g', direction: 'maximise' },
    ],
    contexts: [
      { name: 'batch', type: 'categorical' },
      { name: 'humidity', type: 'continuous', bounds: [0, 100] },
    ],
  });
  const planner = new Planner(campaign);
  for (const i of [0, 1, 2]) {
    const { proposals } = await planner.ask();
    const contexts = { batch: i < 2 ? 'A' : 'B', humidity: 40 + i };
    planner.tell(proposals.map(({ id }) => ({ id, ...(i === 1 ? {} : { value: 1 }), values: { g: 2 }, contexts })));
  }
  const { trials } = planner;
  const visits = visitsOf(campaign, trials, []);
  const { space, spec } = campaign;
  const prepared = await prepareFor(space, placesOfTrials(trials), contextsOf(spec, trials, []));
  const near = visits.map(({ design }) => ({ ...design, x: Number(design.x) + 1e-5 }));
  const crowded = crowding(prepared, visits)!;
  const encoded = prepared.encoder.encode(near);
  expect(near.map((_, i) => crowded(encoded, i, 0))).toEqual([false, true, false]);
});
