import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../models/domain/campaign.js';
import type { Design } from '../../../models/domain/design.js';
import type { TrialRecord } from '../../../models/domain/record.js';
import { Generator } from '../../../models/random/generator.js';
import { prepareSpace } from '../../../models/strategy/candidates.js';
import { CostModel } from '../../../models/strategy/cost-model.js';
import { decide } from '../../../models/strategy/decide.js';
import type { DecideRequest } from '../../../models/strategy/decision.js';
import { Purse } from '../../../models/strategy/purse.js';
import { ended, someCampaign, somePool } from '../../support/campaigns.js';

const campaign = someCampaign();
const one = [{ name: 'high', adapter: 'problem', cost: 1 }];
const at = (x: number, y: number) => ({ design: { x, y }, rowId: null });

function asking(given: Campaign, trials: readonly TrialRecord[]): DecideRequest {
  return { campaign: given, round: 50, count: 1, pending: [], remainingCost: 1000, trials };
}

/** Trials at `fidelity` that cost what `cost` says. */
async function trialsCosting(
  count: number,
  fidelity: string,
  cost: (x: number, i: number) => number,
): Promise<TrialRecord[]> {
  const [proposal] = (await decide({ campaign, round: 1, count: 1, pending: [], remainingCost: null, trials: [] }))
    .proposals;
  const random = new Generator(11, 'costs');
  return Array.from({ length: count }, (_, i) => {
    const place = at(random.uniform(), 4 * random.uniform() - 2);
    const trial = ended({ ...proposal!, ...place, fidelity, id: `test/r${i + 1}/p1` }, 1);
    return { ...trial, observation: { ...trial.observation!, cost: cost(place.design.x, i) } };
  });
}

async function learned(trials: readonly TrialRecord[], pending: readonly string[] = []): Promise<CostModel> {
  return CostModel.of(campaign, await prepareSpace(campaign.space), trials, pending);
}

describe('CostModel', () => {
  it('believes what the campaign file states, to the last bit, as long as trials cost that', async () => {
    expect((await learned([])).levels).toEqual([0.1, 1]);
    const costs = await learned(await trialsCosting(20, 'low', () => 0.1));
    expect(costs.levels).toEqual([0.1, 1]);
    expect(costs.expected(0, at(0.5, 0))).toBe(0.1);
    expect(costs.cautious(0, at(0.5, 0))).toBe(0.1);
  });

  it('goes over to what trials did cost, the stated cost counting as two', async () => {
    const costs = await learned(await trialsCosting(2, 'high', () => 4));
    expect(costs.levels[0]).toBe(0.1);
    expect(costs.levels[1]).toBeCloseTo(2, 12);
    expect((await learned(await trialsCosting(98, 'high', () => 4))).levels[1]).toBeCloseTo(4 ** 0.98, 10);
  });

  it('expects the mean of scattered costs, and is cautious above it', async () => {
    const random = new Generator(5, 'scatter');
    const costs = await learned(await trialsCosting(200, 'high', () => 3 * Math.exp(0.5 * random.normal())));
    expect(Math.abs(costs.levels[1]! / (3 * Math.exp(0.125)) - 1)).toBeLessThan(0.1);
    expect(Math.abs(costs.least(1) / (3 * Math.exp(0.5 * 1.2816)) - 1)).toBeLessThan(0.12);
    // Nothing to do with the design.
    expect(costs.expected(1, at(0.1, 0))).toBe(costs.levels[1]);
  });

  it('sees that costs depend on the design', async () => {
    const random = new Generator(6, 'scatter');
    const trials = await trialsCosting(30, 'high', (x) => Math.exp(2 * x + 0.1 * random.normal()));
    const costs = await learned(trials);
    expect(Math.abs(costs.expected(1, at(0.1, 0)) / Math.exp(0.2) - 1)).toBeLessThan(0.2);
    expect(Math.abs(costs.expected(1, at(0.9, 0)) / Math.exp(1.8) - 1)).toBeLessThan(0.2);
    const places = [0.1, 0.5, 0.9].map((x) => at(x, 1));
    const { encoder } = await prepareSpace(campaign.space);
    const many = costs.ofDesigns(1, encoder.encode(places.map(({ design }) => design)))!;
    expect([...many]).toEqual(places.map((place) => costs.expected(1, place)));
    expect(costs.ofDesigns(0, encoder.encode([places[0]!.design]))).toBeNull();
  });

  it('learns nothing from trials in flight, without a value, or free of charge', async () => {
    const trials = await trialsCosting(3, 'high', () => 9);
    const [first, second, third] = trials.map((trial) => trial.observation!);
    const told: TrialRecord[] = [
      { ...trials[0]!, observation: { ...first!, outcome: 'failed', values: {} } },
      { ...trials[1]!, observation: { ...second!, cost: 0 } },
      { ...trials[2]!, observation: third! },
    ];
    expect((await learned(told, [trials[2]!.proposal.id])).levels).toEqual([0.1, 1]);
    expect((await learned(told)).levels[1]).toBeCloseTo(9 ** (1 / 3), 12);
  });

  it('does not let one odd trial make all others unaffordable', async () => {
    const costs = await learned(await trialsCosting(2, 'high', (_, i) => (i === 0 ? 1 : 1e6)));
    expect(costs.levels[1]).toBeLessThan(1e6 ** 0.25 * Math.exp(0.5) * 1.001);
  });
});

describe('Purse', () => {
  it('keeps a margin for trials whose cost scatters, and takes what is expected', async () => {
    const random = new Generator(5, 'scatter');
    const costs = await learned(await trialsCosting(50, 'high', () => Math.exp(0.4 * random.normal())));
    const place = at(0.5, 0);
    const [expected, cautious] = [costs.expected(1, place), costs.cautious(1, place)];
    expect(cautious).toBeGreaterThan(1.2 * expected);
    const purse = new Purse(campaign, costs, cautious + expected);
    expect(purse.pay(1, place)).toBe(true);
    expect(purse.isShort).toBe(false);
    expect(purse.pay(1, place)).toBe(true);
    expect(purse.pay(1, place)).toBe(false);
    expect(purse.isShort).toBe(true);
    expect(new Purse(campaign, costs, cautious * 0.99).affordable()).toEqual([0]);
  });
});

describe('decide', () => {
  it('tells of each proposal what it is expected to cost', async () => {
    const trials = await trialsCosting(12, 'high', () => 3);
    const request = { campaign, round: 50, count: 1, pending: [], remainingCost: null, trials };
    for (const proposal of (await decide(request)).proposals)
      expect(proposal.estimatedCost).toBe(
        (await learned(trials)).expected(proposal.fidelity === 'low' ? 0 : 1, proposal),
      );
  });

  it('passes over designs that are too dear for what is left', async () => {
    const random = new Generator(7, 'scatter');
    const dear = await trialsCosting(40, 'high', (x) => Math.exp(3 * x - 1.5 + 0.05 * random.normal()));
    // The best designs are the dear ones.
    const trials = dear.map((trial, i) => ({
      ...trial,
      observation: { ...trial.observation!, values: { f: 2 - (trial.proposal.design.x as number) + 1e-3 * i } },
    }));
    const single = someCampaign({ fidelities: one });
    const left = 1.5;
    const request = { campaign: single, round: 50, count: 1, pending: [], remainingCost: left, trials };
    const { proposals, shortfall } = await decide(request);
    expect(proposals).toHaveLength(1);
    expect(shortfall).toBeNull();
    expect(proposals[0]!.estimatedCost).toBeLessThanOrEqual(left);
    const rich = await decide({ ...request, remainingCost: 50 });
    expect(rich.proposals[0]!.estimatedCost).toBeGreaterThan(left);
  });

  it('prefers cheap rows of a list where designs differ in cost only, if it is cost that is short', async () => {
    const pool = somePool(60);
    const meanCost = async (budget: object) => {
      const single = someCampaign({ fidelities: one, budget, strategy: { initial: { trials: 1 } } }, pool);
      const random = new Generator(13, 'scatter');
      const [proposal] = (await decide({ ...asking(single, []), round: 1 })).proposals;
      const trials = Array.from({ length: 20 }, (_, i) => {
        const design = pool.pool!.designs.at(3 * i)!;
        const place = { design, rowId: `r${3 * i}`, id: `test/r${i + 1}/p1` };
        const trial = ended({ ...proposal!, ...place }, random.normal());
        const cost = Math.exp(3 * (design.x as number) - 1.5);
        return { ...trial, observation: { ...trial.observation!, cost } };
      });
      const { proposals } = await decide({ ...asking(single, trials), count: 6 });
      expect(proposals).toHaveLength(6);
      for (const { rowId, estimatedCost, design } of proposals) {
        expect(trials.some((trial) => trial.proposal.rowId === rowId)).toBe(false);
        // A ridge draws the slope in a little.
        expect(Math.abs(Math.log(estimatedCost) - (3 * (design.x as number) - 1.5))).toBeLessThan(0.3);
      }
      return proposals.reduce((sum, { estimatedCost }) => sum + estimatedCost, 0) / 6;
    };
    expect(await meanCost({ cost: 1000 })).toBeLessThan(0.6 * (await meanCost({ trials: 1000 })));
  });

  it('asks a lower fidelity where it is cheap, and not where it costs as much as the target', async () => {
    const pool = somePool(60);
    // Rough, so that values between those measured are not known.
    const lossOf = ({ x }: Design) => ((x as number) - 0.92) ** 2 + 0.1 * Math.sin(40 * (x as number));
    const levelAsked = async (costOf: (design: Design) => number) => {
      const fidelities = [{ name: 'low', adapter: 'problem', cost: 0.3, trust: 'validated' }, ...one];
      const strategy = { surrogate: 'icm', initial: { trials: 1 } };
      const several = someCampaign({ fidelities, budget: { cost: 1000 }, strategy }, pool);
      const [proposal] = (await decide({ ...asking(several, []), round: 1 })).proposals;
      const trials = Array.from({ length: 12 }, (_, i) => {
        const design = pool.pool!.designs.at(5 * i)!;
        return ['low', 'high'].map((fidelity, f) => {
          const place = { design, rowId: `r${5 * i}`, id: `test/r${i + 1}/p${f + 1}`, fidelity };
          const trial = ended({ ...proposal!, ...place }, lossOf(design));
          return { ...trial, observation: { ...trial.observation!, cost: f === 1 ? 1 : costOf(design) } };
        });
      }).flat();
      const [best] = (await decide(asking(several, trials))).proposals;
      expect(best!.design.x).toBeGreaterThan(0.8);
      return best!.fidelity;
    };
    const steep = (x: number) => 0.13 * Math.exp(2.6 * x);
    expect(await levelAsked(({ x }) => steep(1 - (x as number)))).toBe('low');
    expect(await levelAsked(({ x }) => steep(x as number))).toBe('high');
  });

  it('keeps to a budget whose trials cost twice what was stated and scatter, but for what the last one costs more', async () => {
    const within: boolean[] = [];
    for (let seed = 1; seed <= 8; seed++) {
      const given = someCampaign({ seed, fidelities: one, budget: { cost: 24 }, strategy: { initial: { trials: 4 } } });
      const random = new Generator(seed, 'scatter');
      const trials: TrialRecord[] = [];
      let left = 24;
      for (let round = 1; ; round++) {
        const asked = { campaign: given, round, count: 1, pending: [], remainingCost: Math.max(0, left), trials };
        const { proposals, shortfall } = await decide(asked);
        if (proposals.length === 0) {
          expect(shortfall).toBe('budget');
          break;
        }
        const [proposal] = proposals;
        expect(proposal!.estimatedCost).toBeLessThanOrEqual(left + 1e-6);
        const trial = ended(proposal!, (proposal!.design.x as number) ** 2);
        const cost = 2 * Math.exp(0.3 * random.normal());
        trials.push({ ...trial, observation: { ...trial.observation!, cost } });
        left -= cost;
      }
      const last = trials.at(-1)!;
      // What is left is less than a trial, and what is missing less than the last one cost more than expected.
      expect(left).toBeLessThan(4);
      expect(left).toBeGreaterThanOrEqual(Math.min(0, last.proposal.estimatedCost - last.observation!.cost));
      within.push(left >= 0);
    }
    expect(within.filter((kept) => kept).length).toBeGreaterThanOrEqual(6);
  });
});
