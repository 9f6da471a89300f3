import { expect, it } from 'vitest';
import { campaignSchema } from '../../../models/domain/campaign.js';
import type { Design } from '../../../models/domain/design.js';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { fixedFaults, fixedSpace } from '../../../models/strategy/fixed.js';
import { verifyRecord } from '../../../scripts/record/verify.js';

const parameters = {
  boxes: [
    { name: 't', type: 'continuous', bounds: [20, 120] },
    { name: 'c', type: 'continuous', bounds: [0, 1] },
    { name: 'n', type: 'integer', bounds: [1, 100000] },
    { name: 'hue', type: 'categorical', levels: ['red', 'green', 'blue'] },
  ],
  lists: [
    { name: 't', type: 'discrete', values: [20, 40, 60, 80, 100] },
    { name: 'c', type: 'discrete', values: [0, 0.25, 0.5, 0.75, 1] },
    { name: 'n', type: 'integer', bounds: [1, 5] },
    { name: 'hue', type: 'categorical', levels: ['red', 'green', 'blue'] },
  ],
};

function campaignOf(kind: keyof typeof parameters) {
  const spec = campaignSchema.parse({
    name: 'kept',
    space: { parameters: parameters[kind] },
    objectives: [{ name: 'value', direction: 'maximise' }],
    fidelities: [{ name: 'exact', adapter: 'problem', settings: {}, cost: 1 }],
    budget: { trials: 40 },
  });
  return { id: 'kept', spec, space: { parameters: spec.space.parameters!, pool: null } };
}

const measure = ({ t, c, n, hue }: Design) =>
  -(((Number(t) - 70) / 30) ** 2) - (Number(c) - 0.4) ** 2 - Math.log10(Number(n)) + (hue === 'green' ? 1 : 0);

it.each(['boxes', 'lists'] as const)('keeps in %s to values, goes on learning, and is computed again', async (kind) => {
  const campaign = campaignOf(kind);
  let planner = new Planner(campaign);
  const ask = async (count: number) => {
    const { proposals } = await planner.ask(count);
    planner.tell(proposals.map((one) => ({ ...one, value: measure(one.design) })));
    return proposals;
  };
  for (let i = 0; i < 12; i++) await ask(1);
  const fixed = { t: 80, hue: 'green', n: 3 };
  planner = new Planner(campaign, planner.trials, { fixed });
  const kept = [...(await ask(2)), ...(await ask(1)), ...(await ask(2))];
  expect(kept).toHaveLength(5);
  for (const { design, basis, reason } of kept) {
    expect(design).toMatchObject(fixed);
    expect(basis.fixed).toEqual(fixed);
    expect(reason.kind).toBe('acquisition');
  }
  expect(new Set(kept.map(({ design }) => design.c)).size).toBe(kind === 'lists' ? 5 : 5);
  // Released: where they were best before, or anywhere.
  planner = new Planner(campaign, planner.trials);
  const [free] = await ask(1);
  expect(free!.basis.fixed).toBeUndefined();
  const record = { campaign, trials: planner.trials, phase: 'stopped' as const, stop: null, audit: [] };
  expect(await verifyRecord(JSON.parse(JSON.stringify(record)))).toEqual({ checked: 18, byPerson: 0, mismatches: [] });
});

it('keeps the first trials to values, too', async () => {
  const planner = new Planner(campaignOf('boxes'), [], { fixed: { t: 35.5 } });
  const { proposals } = await planner.ask(4);
  expect(proposals.map(({ design }) => design.t)).toEqual([35.5, 35.5, 35.5, 35.5]);
  expect(new Set(proposals.map(({ design }) => design.c)).size).toBe(4);
});

it('refuses what there is not', () => {
  const { space } = campaignOf('boxes');
  expect(fixedFaults({ t: 500, x: 1, hue: 'grey' }, space).map(({ path, message }) => `${path}: ${message}`)).toEqual([
    't: 500 given',
    'x: no such parameter',
    'hue: "grey" given',
  ]);
  expect(() => new Planner(campaignOf('boxes'), [], { fixed: { t: 500 } })).toThrow(/500 given/);
  expect(fixedSpace(space, { t: 80, c: 1 })).toBe(fixedSpace(space, { c: 1, t: 80 }));
});

it('leaves out first trials of a person that are elsewhere, and comes to them once it keeps to nothing', async () => {
  const campaign = campaignOf('boxes');
  const designs = [60, 80].map((t) => ({ t, c: 0.25, n: 7, hue: 'red' }));
  const strategy = { initial: { trials: 4, designs } };
  const own = { ...campaign, spec: { ...campaign.spec, strategy } };
  const planner = new Planner(own, [], { fixed: { t: 80 } });
  const first = (await planner.ask(2)).proposals;
  expect(first.map(({ design }) => design.t)).toEqual([80, 80]);
  expect(first[0]).toMatchObject({ design: designs[1], reason: { kind: 'supplied' } });
  const [next] = (await new Planner(own, planner.trials).ask(1)).proposals;
  expect(next).toMatchObject({ design: designs[0], reason: { kind: 'supplied' } });
});
