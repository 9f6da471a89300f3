import { describe, expect, it } from 'vitest';
import type { Campaign, CampaignSpec } from '../../../../models/domain/campaign.js';
import type { Proposal } from '../../../../models/domain/proposal.js';
import type { TrialRecord } from '../../../../models/domain/record.js';
import { decide } from '../../../../models/strategy/decide.js';
import { ended, someCampaign, somePool } from '../../../support/campaigns.js';

type Fidelities = CampaignSpec['fidelities'];
type Measure = (proposal: Proposal) => number;

const bowl: Measure = ({ design }) => ((design.x as number) - 0.3) ** 2 + 0.2 * ((design.y as number) - 0.5) ** 2;
const informative: Measure = (proposal) => (proposal.fidelity === 'low' ? 2 * bowl(proposal) + 1 : bowl(proposal));
/** Nothing to do with the design at all. */
const useless: Measure = (proposal) =>
  proposal.fidelity === 'low' ? Math.sin(1e4 * (proposal.design.x as number)) : bowl(proposal);

function fidelities(trust?: Fidelities[number]['trust'], cost = 0.1) {
  return [
    { name: 'low', adapter: 'problem', cost, ...(trust === undefined ? {} : { trust }) },
    { name: 'high', adapter: 'problem', cost: 1 },
  ];
}

/** Rounds of `count` proposals on a pool of 60. */
async function play(campaign: Campaign, trials: number, measure: Measure, count = 1): Promise<TrialRecord[]> {
  const records: TrialRecord[] = [];
  for (let round = 1; records.length < trials; round++) {
    const request = { campaign, round, count, pending: [], remainingCost: 1000, trials: records };
    const { proposals } = await decide(request);
    records.push(...proposals.map((proposal) => ended(proposal, measure(proposal))));
  }
  return records;
}

const strategy = { initial: { trials: 3, lowCost: 0.5 } };
const onPool = (changes: Partial<Record<keyof CampaignSpec, unknown>> = {}) =>
  someCampaign({ strategy, budget: { cost: 1000 }, ...changes }, somePool(60));

const chosen = (records: readonly TrialRecord[]) =>
  records.map(({ proposal }) => proposal).filter(({ reason }) => reason.kind === 'acquisition');
const isGuarded = ({ reason }: Proposal) => reason.step === 'guarded';

describe('two-step', () => {
  it('asks a lower fidelity only at designs that may be the best, once each, and then the target there', async () => {
    const records = await play(onPool({ fidelities: fidelities() }), 40, informative);
    const proposals = chosen(records);
    expect(proposals[0]!.reason.acquisition).toBe('two-step');
    const keys = records.map(({ proposal }) => `${proposal.fidelity} ${proposal.rowId}`);
    expect(new Set(keys).size).toBe(keys.length);
    const best = Math.min(...records.filter((r) => r.proposal.fidelity === 'high').map((r) => bowl(r.proposal)));
    expect(best).toBe(Math.min(...Array.from(somePool(60).pool!.designs, (design) => bowl({ design } as never))));
    const afterLow = proposals.filter(
      ({ rowId, fidelity }, i) =>
        fidelity === 'high' && keys.slice(0, keys.length - proposals.length + i).includes(`low ${rowId}`),
    );
    expect(afterLow.length).toBeGreaterThan(3);
  });

  it.each([
    [undefined, 1 / 6],
    ['tested', 1 / 6],
    ['unvalidated', 1 / 3],
    ['validated', 0],
  ] as const)(
    'with trust %s leaves at least this share of target trials to the target alone: %d',
    async (trust, least) => {
      const records = await play(onPool({ fidelities: fidelities(trust) }), 45, informative);
      const atTarget = records.map(({ proposal }) => proposal).filter(({ fidelity }) => fidelity === 'high');
      const own = atTarget.filter(({ reason }) => reason.kind === 'acquisition');
      expect(own.length).toBeGreaterThan(8);
      const guarded = own.filter(isGuarded).length;
      // The initial sample has some of the places.
      expect(guarded).toBeGreaterThanOrEqual(Math.floor(atTarget.length * least) - 1);
      // A low fidelity that follows the target gets the weight: the least share is not exceeded by much.
      expect(guarded).toBeLessThanOrEqual(Math.ceil(atTarget.length * (least + 0.1)));
    },
  );

  it('pairs no more target trials than the cost of one pays', async () => {
    const records = await play(onPool({ fidelities: fidelities(undefined, 0.25) }), 40, useless);
    const isPaired = ({ proposal }: TrialRecord) => proposal.reason.step === 'paired';
    const pairsBefore = (n: number) => {
      const rows = (fidelity: string) =>
        records.slice(0, n).flatMap(({ proposal }) => (proposal.fidelity === fidelity ? [proposal.rowId] : []));
      const low = new Set(rows('low'));
      return rows('high').filter((row) => low.has(row)).length;
    };
    expect(records.filter(isPaired).length).toBeGreaterThan(0);
    records.forEach((record, i) => {
      if (isPaired(record)) expect(pairsBefore(i)).toBeLessThan(4);
    });
    expect(pairsBefore(40)).toBeGreaterThanOrEqual(4);
  });

  it('drops a fidelity that enough pairs show not to pay, and says so from then on', async () => {
    const records = await play(onPool({ fidelities: fidelities(undefined, 0.5), strategy: pairsFirst }), 45, useless);
    const from = chosen(records).findIndex(({ reason }) => reason.text.includes('low is no longer asked'));
    expect(from).toBeGreaterThanOrEqual(0);
    const since = chosen(records).slice(from);
    expect(since.length).toBeGreaterThan(10);
    for (const { fidelity, reason } of since) {
      expect(fidelity).toBe('high');
      expect(reason.text).toMatch(/correlation with the target is .* \(90 %: .* pairs\), less than the ±0\.71/);
    }
  });

  it('counts trials in flight: none is asked twice, and a lower one in flight is as good as asked', async () => {
    const campaign = onPool({ fidelities: fidelities() });
    const records = await play(campaign, 20, informative);
    const request = { campaign, round: 90, count: 1, remainingCost: 1000 };
    const first = (await decide({ ...request, pending: [], trials: records })).proposals[0]!;
    const waiting: TrialRecord = { ...ended(first, 0), state: 'running', observation: null };
    const again = { ...request, round: 91, count: 6, pending: [first.id], trials: [...records, waiting] };
    const { proposals } = await decide(again);
    const keys = [...records.map((r) => r.proposal), first, ...proposals].map((p) => `${p.fidelity} ${p.rowId}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(await decide(JSON.parse(JSON.stringify(again)) as typeof again)).toEqual({ proposals, shortfall: null });
  });

  it('leaves the cost of a target trial, and goes on after failures', async () => {
    const campaign = onPool({ fidelities: fidelities() });
    const records = await play(campaign, 12, informative);
    const request = { campaign, round: 50, count: 4, pending: [], trials: records };
    const { proposals, shortfall } = await decide({ ...request, remainingCost: 1.05 });
    expect(proposals.map(({ fidelity }) => fidelity)).toEqual(['high']);
    expect(shortfall).toBe('budget');
    const failed = [...records];
    for (let round = 20; round < 30; round++) {
      const next = (await decide({ ...request, round, count: 1, remainingCost: 1000, trials: failed })).proposals[0]!;
      failed.push(ended(next, 0, 'failed'));
    }
    const keys = failed.map(({ proposal }) => `${proposal.fidelity} ${proposal.rowId}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('searches a continuous space, and never stays below the target', async () => {
    const records = await play(someCampaign({ budget: { cost: 1000 } }), 60, informative);
    const fidelitiesAsked = chosen(records).map(({ fidelity }) => (fidelity === 'high' ? 'h' : 'l'));
    // Half a target trial's worth at a cost of a tenth.
    expect(fidelitiesAsked.join('')).not.toMatch(/l{6}/);
    const best = Math.min(...records.filter((r) => r.proposal.fidelity === 'high').map((r) => bowl(r.proposal)));
    expect(best).toBeLessThan(1e-3);
  });

  it('makes more trials between two at the target where the lower fidelities are known to follow it', async () => {
    // Too rough to be predicted from other designs, but the lower fidelity predicts it.
    const rough = ({ design, fidelity }: Proposal) =>
      Math.sin(1e4 * (design.x as number)) * (fidelity === 'low' ? 2 : 1);
    const longest = async (trust: 'tested' | 'validated') => {
      const records = await play(onPool({ fidelities: fidelities(trust) }), 40, rough);
      const asked = chosen(records).map(({ fidelity }) => (fidelity === 'high' ? 'h' : 'l'));
      return Math.max(
        ...asked
          .join('')
          .split('h')
          .map(({ length }) => length),
      );
    };
    expect(await longest('tested')).toBe(5);
    expect(await longest('validated')).toBeGreaterThan(20);
  });

  it('at one fidelity is the improvement there', async () => {
    const single = fidelities().slice(1);
    const named = (acquisition: string) =>
      play(onPool({ fidelities: single, strategy: { acquisition } }), 12, informative);
    const rows = (records: readonly TrialRecord[]) => records.map(({ proposal }) => proposal.rowId);
    expect(rows(await named('two-step'))).toEqual(rows(await named('log-ei-per-cost')));
  });
});

/** Fourteen designs at both fidelities to begin with. */
const pairsFirst = {
  initial: { trials: 14, rows: Array.from({ length: 14 }, (_, i) => `r${4 * i}`), lowCost: 7 },
};
