import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../../models/domain/campaign.js';
import type { Design } from '../../../../models/domain/design.js';
import type { TrialRecord } from '../../../../models/domain/record.js';
import type { Space } from '../../../../models/domain/space.js';
import { decide } from '../../../../models/strategy/decide.js';
import { assurancesOf } from '../../../../models/strategy/decision.js';
import { ended, someCampaign, somePool } from '../../../support/campaigns.js';

const bowl = ({ x, y }: Design) => ((x as number) - 0.3) ** 2 + ((y as number) - 0.5) ** 2;

const one = [{ name: 'high', adapter: 'problem', cost: 1 }];
const rules = [
  { type: 'noImprovement', rounds: 50 },
  { type: 'regretBound', epsilon: 0.05, probability: 0.9 },
  { type: 'regretBound', epsilon: 0.5, probability: 0.9 },
];

/** Plays from the given trials until the first assurance reaches the probability; what was said in each round. */
async function play(campaign: Campaign, probability: number, given: readonly TrialRecord[] = []) {
  const trials = [...given];
  const said: number[][] = [];
  for (let round = trials.length + 1; round <= 80; round++) {
    const decision = await decide({ campaign, round, count: 1, pending: [], remainingCost: null, trials });
    const held = assurancesOf(decision);
    if (held.length > 0) said.push(held.map((given) => given.probability));
    if (held.length > 0 && held[0]!.probability >= probability) return { trials, said, held };
    trials.push(...decision.proposals.map((proposal) => ended(proposal, bowl(proposal.design))));
  }
  return { trials, said, held: [] };
}

describe('assurances', () => {
  it.each([
    ['anywhere', someCampaign({ fidelities: one, stop: rules, budget: { trials: 60 } })],
    ['in a pool', someCampaign({ fidelities: one, stop: rules, budget: { trials: 60 } }, somePool(80))],
  ])('grow until they are right: %s', async (_, campaign) => {
    const { trials, said, held } = await play(campaign, 0.9);
    expect(held).toHaveLength(2);
    const best = trials.reduce((a, b) => (b.observation!.values.f! < a.observation!.values.f! ? b : a));
    const pool = campaign.space.pool;
    const least = pool === null ? 0 : Math.min(...[...pool.designs].map(bowl));
    expect(held[0]).toMatchObject({ trialId: best.proposal.id, epsilon: 0.05 });
    expect(best.observation!.values.f! - least).toBeLessThanOrEqual(0.05);
    // A wider bound is never less probable, up to the noise of the draws.
    for (const [narrow, wide] of said) expect(wide!).toBeGreaterThanOrEqual(narrow! - 0.02);
    expect(said[0]![0]).toBeLessThan(0.9);
  });

  it('are certain once every design of a list was measured or failed, and absent without a rule', async () => {
    const space = somePool(9);
    const campaign = someCampaign({ fidelities: one, stop: rules, budget: { trials: 60 } }, space);
    const { trials } = await play(someCampaign({ fidelities: one, budget: { trials: 60 } }, space), 2);
    expect(trials).toHaveLength(9);
    const request = { round: 20, count: 1, pending: [], remainingCost: null };
    const seven = trials.slice(0, 7);
    const failed = trials.slice(7, 8).map((trial) => ended(trial.proposal, 0, 'failed'));
    const decision = await decide({ ...request, campaign, trials: [...seven, ...failed] });
    expect(assurancesOf(decision)).toHaveLength(2);
    const plain = await decide({
      ...request,
      campaign: { ...campaign, spec: { ...campaign.spec, stop: [] } },
      trials: seven,
    });
    expect(plain.proposals[0]!.basis).not.toHaveProperty('assurances');
  });

  it.each([
    ['can be better while its trial is still to be judged', 'quarantined', 'unknown', 0.5],
    ['can be better whose trial failed for no known reason', 'failed', 'unknown', 0.5],
    ['can be better whose trial was lost by its device', 'failed', 'device', 0.5],
    ['can be better whose trial was cancelled', 'cancelled', 'operator', 0.5],
    ['cannot be better that failed by its chemistry', 'failed', 'chemistry', 1],
  ] as const)('take it that a design of a list %s', async (_, outcome, blame, atMost) => {
    const designs = Array.from({ length: 12 }, (_, x): Design => ({ x }));
    const space: Space = {
      parameters: [{ name: 'x', type: 'continuous', bounds: [0, 11] }],
      pool: { ids: designs.map(({ x }) => `r${x}`), designs },
    };
    const stop = [{ type: 'regretBound', epsilon: 0.1, probability: 0.9 }];
    const objectives = [{ name: 'f', direction: 'maximise' }];
    const campaign = someCampaign({ fidelities: one, stop, objectives, budget: { trials: 30 } }, space);
    const asked = { campaign, count: 1, pending: [], remainingCost: null };
    const { proposals } = await decide({ ...asked, round: 1, trials: [] });
    const trials = designs.map((design, x) => {
      const proposal = { ...proposals[0]!, id: `test/r${x + 1}/p1`, round: x + 1, rowId: `r${x}`, design };
      if (x < 11) return ended(proposal, x);
      const last = ended(proposal, 0, outcome);
      return { ...last, observation: { ...last.observation!, cause: { ...last.observation!.cause!, class: blame } } };
    });
    // Row 0 is not run, so that there is a proposal to say it.
    const held = assurancesOf(await decide({ ...asked, round: 13, trials: trials.slice(1) }));
    expect(held).toHaveLength(1);
    if (atMost < 1) expect(held[0]!.probability).toBeLessThan(atMost);
    else expect(held[0]!.probability).toBeGreaterThan(0.99);
  });

  it('count two fidelities by the target alone', async () => {
    const campaign = someCampaign({ stop: rules, budget: { trials: 60 } });
    const { proposals } = await decide({ campaign, round: 1, count: 1, pending: [], remainingCost: null, trials: [] });
    const grid = (fidelity: string, xs: readonly number[], ys: readonly number[]) =>
      xs.flatMap((x) => ys.map((y) => ({ fidelity, design: { x, y } })));
    // The very minimum was measured, but not at the target.
    const places = [
      ...grid('low', [0, 0.3, 0.6, 1], [-2, -0.5, 0.5, 2]),
      ...grid('high', [0, 0.35, 0.7, 1], [-2, -1, 0.4, 1, 2]),
    ];
    const given = places.map((place, i) =>
      ended({ ...proposals[0]!, id: `test/r${i + 1}/p1`, ...place }, bowl(place.design)),
    );
    const { trials, held } = await play(campaign, 0.9, given);
    const best = trials.find(({ proposal }) => proposal.id === held[0]!.trialId)!;
    expect(best.proposal.fidelity).toBe('high');
    expect(best.observation!.values.f!).toBeGreaterThan(0);
    expect(best.observation!.values.f!).toBeLessThanOrEqual(0.05);
  });
});
