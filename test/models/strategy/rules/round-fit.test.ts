import { describe, expect, it } from 'vitest';
import { Artefacts } from '../../../../models/strategy/artefacts.js';
import { prepareSpace } from '../../../../models/strategy/candidates.js';
import { decide } from '../../../../models/strategy/decide.js';
import { visitsOf } from '../../../../models/strategy/history.js';
import { fitFurther, fitRound } from '../../../../models/strategy/rules/round-fit.js';
import { ended, someCampaign, somePool } from '../../../support/campaigns.js';

const campaign = someCampaign({ fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }] }, somePool(20));
const { proposals } = await decide({ campaign, round: 1, count: 7, pending: [], remainingCost: null, trials: [] });
const trials = proposals.map((proposal) => ended(proposal, (proposal.design.x as number) ** 2));
const prepared = await prepareSpace(campaign.space);
const fitting = (of: typeof campaign, given = trials) => ({
  request: { campaign: of, round: 9, count: 1, pending: [], remainingCost: null, trials: given },
  prepared,
  visits: visitsOf(of, given, []),
  seed: 5,
  artefacts: new Artefacts(),
});

describe('the fit of a round', () => {
  it('is of the first objective, and says what it was fitted to', async () => {
    const { used, fitted, record } = await fitRound(fitting(campaign), 'gp', null);
    expect(used).toHaveLength(7);
    expect(record).toMatchObject({ round: 9, observations: 7, surrogate: 'gp' });
    expect(record.members.map(({ name }) => name)).toEqual(fitted.members.map(({ name }) => name));
    expect(record).not.toHaveProperty('outcomes');
  });

  it('has an ensemble for each further outcome that was measured at the target, of the trials that have it', async () => {
    expect(await fitFurther(fitting(campaign), 'gp', true)).toBeNull();
    const outcomes = [{ name: 'ash', max: 1 }, { name: 'tar', min: 0 }, { name: 'note' }];
    const several = { ...campaign, spec: { ...campaign.spec, outcomes } };
    const measured = trials.map((trial, i) => {
      const { values } = trial.observation!;
      return {
        ...trial,
        observation: { ...trial.observation!, values: i === 2 ? values : { ...values, ash: i, note: 1 } },
      };
    });
    const { ensembles, fits } = (await fitFurther(fitting(several, measured), 'gp', true))!;
    expect(fits.map(({ name }) => name)).toEqual(['ash']);
    expect(ensembles.get('ash')!.members[0]!.surrogate.leaveOneOut().mean).toHaveLength(6);
    expect(fits[0]!.members[0]).toMatchObject({ name: 'gp', weight: 1 });
  });
});
