import { describe, expect, it } from 'vitest';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { whyProposed } from '../../../models/strategy/explain/why.js';
import { defaultsVersion } from '../../../models/strategy/names.js';
import { someCampaign } from '../../support/campaigns.js';

const [f, g] = [
  { name: 'f', direction: 'minimise' },
  { name: 'g', direction: 'maximise' },
];
const versionOf = (more: Record<string, unknown>) => defaultsVersion(someCampaign(more).spec);

describe('the version of the numerical defaults', () => {
  it('stays where nothing is decided otherwise, so that what was decided is still computed and explained', () => {
    expect(versionOf({})).toBe('athanor-12');
    expect(versionOf({ outcomes: [{ name: 'g' }], replicates: { atTarget: 2 } })).toBe('athanor-12');
  });

  it.each([
    ['several objectives', { objectives: [f, g] }],
    ['a bound on the objective', { objectives: [{ ...f, max: 3 }] }],
    ['a bound on another outcome', { outcomes: [{ name: 'g', min: 1 }] }],
    ['a wanted value', { objectives: [{ name: 'f', direction: 'target', value: 2 }] }],
    [
      'an objective of the design alone',
      { objectives: [f, { name: 'c', direction: 'minimise', expression: 'x + y' }] },
    ],
    ['contexts', { contexts: [{ name: 'humidity', type: 'continuous', bounds: [0, 100] }] }],
    ['replicates where values disagree', { replicates: { atTarget: 1, whenDisagreeing: 3 } }],
  ])('is another with %s', (_, more) => {
    expect(versionOf(more)).toBe('athanor-13');
  });

  it('stands with every proposal, and one of another version is not explained', async () => {
    const budget = { trials: 30 };
    const single = { fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }], budget };
    const campaign = someCampaign({ ...single, objectives: [f, g], strategy: { initial: { trials: 4 } } });
    const planner = new Planner(campaign);
    planner.tell(
      Array.from({ length: 6 }, (_, i) => ({
        design: { x: i / 6, y: ((i * 5) % 6) / 6 },
        value: (i - 2) ** 2,
        values: { g: i },
      })),
    );
    const [asked] = (await planner.ask(1)).proposals;
    expect(asked!.basis.defaults).toBe('athanor-13');
    const before = { ...asked!, basis: { ...asked!.basis, defaults: 'athanor-12' } };
    const known = planner.trials.filter(({ proposal }) => proposal.id !== before.id);
    const open = { proposal: before, state: 'proposed' as const, observation: null, startedAt: null, endedAt: null };
    const record = { campaign, trials: [...known, open], phase: 'running' as const, stop: null, audit: [] };
    expect((await whyProposed(record, before.id)).none).toContain('another version made it');
  });
});
