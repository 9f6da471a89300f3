import { describe, expect, it } from 'vitest';
import type { Proposal } from '../../../models/domain/proposal.js';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { prepareFor } from '../../../models/strategy/candidates.js';
import { contextsOf } from '../../../models/strategy/contexts.js';
import { purposesOf } from '../../../models/strategy/explain/purpose.js';
import { visitsOf } from '../../../models/strategy/history.js';
import { InCurrent } from '../../../models/strategy/in-current.js';
import { trainingSet } from '../../../models/strategy/training-set.js';
import { Ensemble } from '../../../models/surrogate/ensemble.js';
import { gp } from '../../../models/surrogate/surrogates.js';
import { verifyRecord } from '../../../scripts/record/verify.js';
import { suggestDocument } from '../../../scripts/suggest/document.js';
import { someCampaign } from '../../support/campaigns.js';

const more = {
  fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }],
  budget: { trials: 60 },
  contexts: [{ name: 'batch', type: 'categorical' }],
};
const bowl = ({ x, y }: Proposal['design']) => 20 * (Number(x) - 0.7) ** 2 + (Number(y) - 0.5) ** 2;

/** Twelve trials of a batch in which all is 10 lower, and better, than in the next, of which there are four. */
async function overTwoBatches(changes: object, values: (f: number) => object) {
  const campaign = someCampaign({ ...more, ...changes });
  const planner = new Planner(campaign);
  for (let i = 0; i < 16; i++) {
    const [proposal] = (await planner.ask(1)).proposals;
    const f = bowl(proposal!.design) + (i < 12 ? -10 : 0);
    planner.tell([{ id: proposal!.id, ...values(f), contexts: { batch: i < 12 ? 'A' : 'B' } }]);
  }
  return { campaign, planner };
}

const twoGoals = {
  objectives: [
    { name: 'f', direction: 'minimise' },
    { name: 'g', direction: 'maximise' },
  ],
};

describe('in the current contexts', () => {
  it('trials come to what is expected of them, or to what they gave and by how much more that is', async () => {
    const { campaign, planner } = await overTwoBatches({}, (value) => ({ value }));
    const { trials } = planner;
    const known = contextsOf(campaign.spec, trials, []);
    const prepared = await prepareFor(
      campaign.space,
      trials.map(({ proposal }) => proposal),
      known,
    );
    const visits = visitsOf(campaign, trials, []);
    const training = trainingSet(campaign, prepared, visits);
    const contenders = [{ type: gp, logOdds: () => 0 }];
    const first = await Ensemble.fit(contenders, training, { seed: 1, previous: [], optimise: true, suspects: true });
    const inCurrent = InCurrent.of(campaign.spec, prepared, { first, further: new Map() })!;
    const expected = inCurrent.expected(visits);
    const given = inCurrent.given(visits);
    visits.forEach((visit, i) => {
      // Near the optimum, where the second batch was, too.
      if (bowl(visit.design) < 1)
        for (const f of [expected[i]!.turned[0]!, given.get(visit)![0]!])
          expect(Math.abs(f - bowl(visit.design))).toBeLessThan(1);
      // What was measured in them is as it was.
      if (visit.contexts!.batch === 'B') expect(given.get(visit)).toEqual(visit.turned);
    });
    expect(InCurrent.of(campaign.spec, { ...prepared, contexts: null }, { first, further: new Map() })).toBeNull();
  });

  it.each([
    ['one goal', {}, (value: number) => ({ value })],
    ['a bound', { outcomes: [{ name: 'g', max: 50 }] }, (f: number) => ({ value: f, values: { g: f } })],
    ['two goals', twoGoals, (f: number) => ({ value: f, values: { g: f / 2 } })],
  ])('proposals of %s are compared with what was measured as it is expected there', async (_, changes, values) => {
    const { campaign, planner } = await overTwoBatches(changes, values);
    const before = planner.trials;
    const decision = await planner.ask(3);
    const told = await suggestDocument(campaign, before, decision);
    const record = { campaign, trials: planner.trials, phase: 'running' as const, stop: null, audit: [] };
    const purposes = purposesOf(campaign.spec, planner.trials);
    decision.proposals.forEach(({ id, reason }, i) => {
      expect(reason.text).toContain('as expected in these contexts');
      expect(reason.purpose).toMatch(/^exp(loit|lore)$/);
      expect(told.proposals[i]!.purpose).toBe(reason.purpose);
      expect(purposes.get(id)).toBe(reason.purpose);
    });
    const best = decision.proposals.flatMap(({ reason }) => /best so far (-?[\d.]+)/.exec(reason.text)?.[1] ?? []);
    for (const value of best) expect(Number(value)).toBeGreaterThan(-2);
    expect((await verifyRecord(record)).mismatches).toEqual([]);
  });
});
