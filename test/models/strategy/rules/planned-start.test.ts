import { expect, it } from 'vitest';
import { campaignSchema } from '../../../../models/domain/campaign.js';
import { designKey } from '../../../../models/domain/design.js';
import { Planner } from '../../../../models/strategy/ask-tell.js';
import { verifyRecord } from '../../../../scripts/record/verify.js';

const parameters = [
  { name: 't', type: 'continuous', bounds: [20, 80] },
  { name: 'c', type: 'continuous', bounds: [0, 1] },
  { name: 'base', type: 'categorical', levels: ['KOH', 'K3PO4'] },
];
function campaignOf(initial: object, more: object = {}) {
  const spec = campaignSchema.parse({
    name: 'started',
    space: { parameters },
    objectives: [{ name: 'value', direction: 'maximise' }],
    fidelities: [{ name: 'exact', adapter: 'problem', settings: {}, cost: 1 }],
    strategy: { initial },
    budget: { trials: 30 },
    ...more,
  });
  return { id: 'started', spec, space: { parameters: spec.space.parameters!, pool: null } };
}

async function run(campaign: ReturnType<typeof campaignOf>, trials: number, planner = new Planner(campaign)) {
  for (let i = 0; i < trials; i++) {
    const { proposals } = await planner.ask(1);
    planner.tell(
      proposals.map((one) => ({ ...one, value: Number(one.design.c) - (Number(one.design.t) - 50) ** 2 / 900 })),
    );
  }
  return planner.trials.map(({ proposal }) => proposal);
}

it('first trials are those of the plan, in a seeded order, told what they are, and computed again', async () => {
  const campaign = campaignOf({ plan: { type: 'factorial', centre: true } });
  const planner = new Planner(campaign);
  const proposals = await run(campaign, 12, planner);
  const first = proposals.slice(0, 10);
  expect(new Set(first.map(({ design }) => designKey(design))).size).toBe(10);
  for (const { design, reason } of first) {
    expect([20, 50, 80]).toContain(design.t);
    expect(reason).toMatchObject({
      kind: 'initial',
      text: expect.stringContaining('full factorial of 3 factors in 8 runs and 2 centre points'),
    });
  }
  expect(proposals[10]!.reason.kind).toBe('acquisition');
  expect((await run(campaign, 3)).map(({ design }) => design)).toEqual(first.slice(0, 3).map(({ design }) => design));
  const record = { campaign, trials: planner.trials, phase: 'stopped' as const, stop: null, audit: [] };
  expect(await verifyRecord(JSON.parse(JSON.stringify(record)))).toEqual({ checked: 12, byPerson: 0, mismatches: [] });
});

it('an optimal start counts designs of a person in, and is as large as it is said to be', async () => {
  const designs = [{ t: 20, c: 0, base: 'KOH' }];
  const proposals = await run(
    campaignOf({ trials: 9, designs, plan: { type: 'd-optimal', model: 'interactions' } }),
    10,
  );
  expect(proposals.map(({ reason }) => reason.kind)).toEqual(['supplied', ...Array(8).fill('initial'), 'acquisition']);
  expect(new Set(proposals.map(({ design }) => designKey(design))).size).toBe(10);
  expect(proposals[1]!.reason.text).toMatch(
    /D-optimal for a model with interactions of 7 terms in 9 runs, D-efficiency \d/,
  );
});

it('with parameters that are fixed it is that of what is left', async () => {
  const campaign = campaignOf({ plan: { type: 'factorial' } });
  const planner = new Planner(campaign, [], { fixed: { t: 35 } });
  const { proposals } = await planner.ask(5);
  expect(proposals).toHaveLength(5);
  expect(new Set(proposals.slice(0, 4).map(({ design }) => `${design.t} ${design.c} ${design.base}`))).toEqual(
    new Set(['35 0 KOH', '35 1 KOH', '35 0 K3PO4', '35 1 K3PO4']),
  );
  expect(proposals[4]!.design.t).toBe(35);
});

it('says so where parameters that are fixed leave none', async () => {
  const campaign = campaignOf({ trials: 12, plan: { type: 'd-optimal' } });
  const planner = new Planner(campaign, [], { fixed: { t: 35, c: 0.5 } });
  const { proposals } = await planner.ask(2);
  for (const { reason } of proposals)
    expect(reason.text).toBe(
      'part of the initial sample: d-optimal is not to be had with what is fixed (12 wanted, and there are 2 designs)',
    );
  const record = { campaign, trials: planner.trials, phase: 'stopped' as const, stop: null, audit: [] };
  expect((await verifyRecord(record)).mismatches).toEqual([]);
});

it('comes before all else at lower fidelities, too, and is not chosen again by what these say', async () => {
  const fidelities = [
    { name: 'fast', adapter: 'problem', settings: {}, cost: 0.1 },
    { name: 'exact', adapter: 'problem', settings: {}, cost: 1 },
  ];
  const campaign = campaignOf({ plan: { type: 'plackett-burman' } }, { fidelities });
  const proposals = await run(campaign, 14);
  expect(proposals.slice(0, 10).map(({ fidelity }) => fidelity)).toEqual(Array(10).fill('fast'));
  const exact = proposals.filter(({ fidelity, reason }) => fidelity === 'exact' && reason.kind === 'initial');
  expect(exact.map(({ design }) => designKey(design))).toEqual(
    proposals.slice(0, 4).map(({ design }) => designKey(design)),
  );
});
