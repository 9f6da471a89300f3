import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../models/domain/campaign.js';
import type { Design } from '../../../models/domain/design.js';
import { designKey } from '../../../models/domain/design.js';
import type { TrialRecord } from '../../../models/domain/record.js';
import { Generator } from '../../../models/random/generator.js';
import { decide } from '../../../models/strategy/decide.js';
import { ended, someCampaign, somePool } from '../../support/campaigns.js';

const bowl = (design: Design, fidelity: string) =>
  ((design.x as number) - 0.3) ** 2 + ((design.y as number) - 0.5) ** 2 + (fidelity === 'low' ? 0.1 : 0);

/** Runs rounds of `count` proposals until `trials` are done or nothing is proposed. */
async function play(campaign: Campaign, trials: number, count = 1): Promise<TrialRecord[]> {
  const records: TrialRecord[] = [];
  let left = campaign.spec.budget.cost ?? null;
  for (let round = 1; records.length < trials; round++) {
    const request = { campaign, round, count, pending: [], remainingCost: left, trials: records };
    const { proposals } = await decide(request);
    if (proposals.length === 0) break;
    for (const proposal of proposals) {
      records.push(ended(proposal, bowl(proposal.design, proposal.fidelity)));
      if (left !== null) left -= proposal.estimatedCost;
    }
  }
  return records;
}

describe('decide', () => {
  it('finds the minimum of a bowl, spending mostly where it is cheap', async () => {
    const records = await play(someCampaign(), 60);
    const best = Math.min(
      ...records.filter((r) => r.proposal.fidelity === 'high').map((r) => r.observation!.values.f!),
    );
    expect(best).toBeLessThan(1e-3);
    expect(records.filter((r) => r.proposal.fidelity === 'low').length).toBeGreaterThan(20);
  });

  it('lets the likeliest of two surrogates choose alone where the other one has little weight', async () => {
    const steep = ({ x, y }: Design) => Math.exp(6 * Math.abs((x as number) - 0.37) + (y as number) ** 2);
    const next = async (surrogate: string, known: readonly TrialRecord[]) => {
      const strategy = { surrogate, initial: { trials: 6 } };
      const fidelities = [{ name: 'high', adapter: 'problem', cost: 1 }];
      const campaign = someCampaign({ strategy, fidelities, budget: { trials: 100 } }, somePool(200));
      const request = { campaign, round: known.length + 1, count: 1, pending: [], remainingCost: null, trials: known };
      return (await decide(request)).proposals[0]!;
    };
    const known: TrialRecord[] = [];
    let alone = 0;
    for (let trial = 0; trial < 30; trial++) {
      const proposal = await next('ensemble', known);
      const members = [...(proposal.basis.fit?.members ?? [])].sort((a, b) => b.weight - a.weight);
      if (members.length > 0 && members[1]!.weight < 0.1 * members[0]!.weight) {
        alone += 1;
        expect(proposal.design).toEqual((await next(members[0]!.name, known)).design);
      }
      known.push(ended(proposal, steep(proposal.design)));
    }
    expect(alone).toBeGreaterThan(3);
  });

  it('takes fidelities as the numbers that the file gives, and records how it widened', async () => {
    const strategy = { surrogate: 'linear-truncated' };
    const fidelities = (low: number) => [
      { name: 'low', adapter: 'problem', cost: 0.1, fidelity: low },
      { name: 'high', adapter: 'problem', cost: 1, fidelity: 1 },
    ];
    const [none, even, near] = await Promise.all(
      [{}, { fidelities: fidelities(0) }, { fidelities: fidelities(0.9) }].map(async (changes) => {
        const records = await play(someCampaign({ strategy, ...changes }), 40);
        return records.map(({ proposal: { fidelity, design, basis } }) => ({ fidelity, design, fit: basis.fit }));
      }),
    );
    expect(even).toEqual(none);
    expect(near).not.toEqual(none);
    const { widening } = near!.at(-1)!.fit!;
    const first = near!.find(({ fit }) => fit !== null)!.fit!;
    expect(first.widening).toEqual([2, 2]);
    expect(widening).toHaveLength(2);
    expect(widening).not.toEqual([2, 2]);
  });

  it('never proposes a design twice at a level, and a measured design at no lower level', async () => {
    const campaign = someCampaign({ budget: { trials: 100 } }, somePool(12));
    const records = await play(campaign, 100, 3);
    const keys = records.map(({ proposal }) => `${proposal.fidelity} ${proposal.rowId}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(records.filter((r) => r.proposal.fidelity === 'high')).toHaveLength(12);
  });

  it('says whether the space or the budget ran out', async () => {
    const campaign = someCampaign({ budget: { cost: 2.25 } }, somePool(3));
    const records = await play(campaign, 100);
    expect(records.reduce((sum, r) => sum + r.proposal.estimatedCost, 0)).toBeLessThanOrEqual(2.25 + 1e-9);
    const round = { campaign, round: 50, count: 1, pending: [], trials: records };
    expect(await decide({ ...round, remainingCost: 0.05 })).toEqual({ proposals: [], shortfall: 'budget' });
    const all = await play(someCampaign({ budget: { cost: 100 } }, somePool(3)), 100);
    expect((await decide({ ...round, trials: all, remainingCost: 50 })).shortfall).toBe('space');
  });

  it('is a pure function of its request, whatever was asked before', async () => {
    const campaign = someCampaign();
    const records = await play(campaign, 40);
    const request = { campaign, round: 41, count: 2, pending: [], remainingCost: 5, trials: records };
    const first = await decide(request);
    await decide({ ...request, round: 42, count: 3 });
    const again = await decide(JSON.parse(JSON.stringify(request)) as typeof request);
    expect(again).toEqual(first);
    expect(first.proposals[0]!.basis.fit!.surrogate).toBe('guarded');
  });

  it('counts pending trials: the design in flight is not proposed again, and its answer is not used', async () => {
    const campaign = someCampaign({}, somePool(30));
    const records = await play(campaign, 30);
    const last = records.at(-1)!;
    const pending = [last.proposal.id];
    const request = { campaign, round: 90, count: 1, pending, remainingCost: 9, trials: records };
    const unanswered = [...records.slice(0, -1), { ...last, state: 'running' as const, observation: null }];
    const decision = await decide(request);
    expect(decision).toEqual(await decide({ ...request, trials: unanswered }));
    expect(decision.proposals[0]!.rowId).not.toBe(`${last.proposal.rowId}`);
    expect(decision.proposals[0]!.basis.observed).toBe(records.length - 1);
  });

  it('goes on after failures: draws until something is measured at the target, and avoids what failed', async () => {
    const campaign = someCampaign({}, somePool(20));
    const failed: TrialRecord[] = [];
    for (let round = 1; round <= 30; round++) {
      const request = { campaign, round, count: 1, pending: [], remainingCost: 1000, trials: failed };
      failed.push(ended((await decide(request)).proposals[0]!, 0, 'failed'));
    }
    const keys = failed.map(({ proposal }) => `${proposal.fidelity} ${proposal.rowId}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('starts with what a person supplied, then with nested lower levels', async () => {
    const initial = { rows: ['r7', 'r2'], trials: 3, lowCost: 0.5 };
    const records = await play(someCampaign({ strategy: { initial } }, somePool(20)), 9);
    const runs = records.map(({ proposal }) => `${proposal.fidelity} ${proposal.rowId} ${proposal.reason.kind}`);
    expect(runs.slice(0, 4)).toEqual(['high r7 supplied', 'high r2 supplied', 'low r7 initial', 'low r2 initial']);
    expect(runs[7]).toMatch(/^high r\d+ initial$/);
    expect(runs[8]).toMatch(/acquisition$/);
  });

  it.each([3, 4, 5, 7])('asks no design twice at the target in one round, with %d low values known', async (known) => {
    const strategy = { initial: { trials: 4, lowCost: known / 10 } };
    for (let seed = 0; seed < 12; seed++) {
      const campaign = someCampaign({ seed, strategy }, somePool(20));
      const low = await play(campaign, known);
      const random = new Generator(seed, 'values');
      const trials = low.map(({ proposal }) => ended(proposal, random.uniform()));
      const { proposals } = await decide({ campaign, round: 9, count: 4, pending: [], remainingCost: 9, trials });
      const keys = proposals.map(({ fidelity, rowId }) => `${fidelity} ${rowId}`);
      expect(keys.length).toBe(4);
      expect(new Set(keys).size, `seed ${seed}: ${keys}`).toBe(4);
      expect(proposals.every(({ fidelity }) => fidelity === 'high')).toBe(true);
    }
  });

  it('runs what is left of the initial sample: what was withdrawn, and nothing twice', async () => {
    const campaign = someCampaign({ strategy: { initial: { trials: 3, lowCost: 0.5 } } }, somePool(20));
    const plan = await play(campaign, 8);
    const withdrawn = { ...plan[2]!, state: 'withdrawn' as const, observation: null };
    const trials = [...plan.slice(0, 2), withdrawn, plan[3]!, plan[6]!];
    const { proposals } = await decide({ campaign, round: 9, count: 4, pending: [], remainingCost: 9, trials });
    const rows = proposals.map(({ rowId }) => rowId);
    expect(rows.slice(0, 2)).toEqual([2, 4].map((i) => plan[i]!.proposal.rowId));
    // At the target by what the low fidelity says of designs that were not asked there.
    const asked = trials.filter(({ state }) => state !== 'withdrawn').map(({ proposal }) => proposal.rowId);
    expect(new Set(rows.slice(2)).size).toBe(2);
    for (const row of rows.slice(2)) expect(asked).toContain(row);
    expect(rows.slice(2)).not.toContain(plan[6]!.proposal.rowId);
    expect(proposals.map(({ fidelity }) => fidelity)).toEqual(['low', 'low', 'high', 'high']);
  });

  it.each([
    [
      'mixed space',
      [
        { name: 'x', type: 'continuous', bounds: [0, 1] },
        { name: 'y', type: 'discrete', values: [-1, 0, 0.5, 1] },
        { name: 'z', type: 'categorical', levels: ['a', 'b'] },
      ],
    ],
    [
      'finite product',
      [
        { name: 'x', type: 'integer', bounds: [0, 4] },
        { name: 'y', type: 'discrete', values: [-1, 0, 0.5, 1] },
      ],
    ],
  ])('searches a %s', async (_, parameters) => {
    const records = await play(someCampaign({ space: { parameters } }), 30);
    const keys = records.map(({ proposal }) => `${proposal.fidelity} ${designKey(proposal.design)}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(records.some(({ proposal }) => proposal.reason.kind === 'acquisition' && proposal.design.y === 0.5)).toBe(
      true,
    );
  });

  it('proposes or ends whatever finite numbers come back: constant, huge, tiny, equal', async () => {
    const value = fc.oneof(
      fc.constant(0),
      fc.constant(1e100),
      fc.constant(-1e100),
      fc.constant(1e-300),
      fc.double({ min: -1e100, max: 1e100, noNaN: true }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 12, maxLength: 12 }), async (values) => {
        const campaign = someCampaign({ strategy: { initial: { trials: 2, lowCost: 0.2 } } }, somePool(10));
        const records: TrialRecord[] = [];
        for (const [i, f] of values.entries()) {
          const request = { campaign, round: i + 1, count: 1, pending: [], remainingCost: 1000, trials: records };
          const { proposals } = await decide(request);
          if (proposals.length === 0) break;
          const { mean, sd } = proposals[0]!.reason;
          if (mean !== null) expect(Number.isFinite(mean) && sd! > 0).toBe(true);
          records.push(ended(proposals[0]!, f));
        }
        expect(records.length).toBeGreaterThan(8);
      }),
      { seed: 4, numRuns: 25 },
    );
  });
});
