import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acquisitions } from '../../../models/acquisition/acquisitions.js';
import type { Campaign } from '../../../models/domain/campaign.js';
import { type Design, designKey } from '../../../models/domain/design.js';
import type { TrialRecord } from '../../../models/domain/record.js';
import { decide } from '../../../models/strategy/decide.js';
import { ended, someCampaign, somePool } from '../../support/campaigns.js';

const bowl = ({ x, y }: Design) => ((x as number) - 0.3) ** 2 + ((y as number) - 0.5) ** 2;
const one = [{ name: 'high', adapter: 'problem', cost: 1 }];

const played = new Map<string, Promise<TrialRecord[]>>();

/** Trials of a campaign with that acquisition on the bowl, one at a time; the same campaign is played once. */
function play(acquisition: string, trials: number, changes = {}, scale = 1): Promise<readonly TrialRecord[]> {
  const key = JSON.stringify([acquisition, trials, changes, scale]);
  const before = played.get(key);
  if (before !== undefined) return before;
  const playing = playAnew(acquisition, trials, changes, scale);
  played.set(key, playing);
  return playing;
}

async function playAnew(acquisition: string, trials: number, changes: object, scale: number): Promise<TrialRecord[]> {
  const campaign = someCampaign({ strategy: { acquisition }, budget: { trials }, fidelities: one, ...changes });
  return run(campaign, trials, 1, scale);
}

async function run(campaign: Campaign, trials: number, count: number, scale = 1): Promise<TrialRecord[]> {
  const records: TrialRecord[] = [];
  for (let round = 1; records.length < trials; round++) {
    const request = { campaign, round, count, pending: [], remainingCost: null, trials: records };
    const { proposals } = await decide(request);
    if (proposals.length === 0) break;
    records.push(...proposals.map((proposal) => ended(proposal, scale * bowl(proposal.design))));
  }
  return records;
}

const best = (records: readonly TrialRecord[]) => Math.min(...records.map((r) => r.observation!.values.f!));

/** Largest distance of a point of the unit square from the nearest design. */
function largestGap(records: readonly TrialRecord[]): number {
  const grid = Array.from({ length: 21 }, (_, i) => i / 20);
  const designs = records.map(({ proposal: { design } }) => [design.x as number, ((design.y as number) + 2) / 4]);
  const distance = (u: number, v: number) => Math.min(...designs.map(([x, y]) => Math.hypot(x! - u, y! - v)));
  return Math.max(...grid.flatMap((u) => grid.map((v) => distance(u, v))));
}

describe('campaigns by other acquisitions', () => {
  it.each(['log-pi', 'ucb', 'log-nei', 'q-log-ei', 'thompson'])('%s finds the minimum of a bowl', async (name) => {
    expect(best(await play(name, 25))).toBeLessThan(1e-2);
  });

  it.each(acquisitions.map(({ name }) => name))('%s proposes alike in every unit of the loss', async (name) => {
    const plain = await play(name, 12);
    const tiny = await play(name, 12, {}, 1e-6);
    plain.forEach(({ proposal: { design } }, i) => {
      const other = tiny[i]!.proposal.design;
      // The searches end within their tolerances of one another, not at the same bits.
      for (const key of ['x', 'y'])
        expect(Math.abs((design[key] as number) - (other[key] as number))).toBeLessThan(1e-2);
    });
  });

  it.each(['variance', 'integrated-variance'])(
    '%s fills the space, where improvement stays near the minimum',
    async (name) => {
      const spread = await play(name, 25);
      expect(largestGap(spread)).toBeLessThan(0.8 * largestGap(await play('log-ei-per-cost', 25)));
    },
  );

  it('ucb asks at the target alone, those that learn where they learn most for the cost', async () => {
    const fidelities = [{ name: 'low', adapter: 'problem', cost: 0.1 }, ...one];
    const chosen = async (name: string) =>
      (await play(name, 25, { fidelities }))
        .filter(({ proposal }) => proposal.reason.kind === 'acquisition')
        .map(({ proposal }) => proposal.fidelity);
    const byBound = await chosen('ucb');
    expect(byBound.length).toBeGreaterThan(3);
    expect(new Set(byBound)).toEqual(new Set(['high']));
    for (const name of ['variance', 'integrated-variance']) expect(await chosen(name)).toContain('low');
  });

  it.each(acquisitions.map(({ name }) => name))('%s fills a batch with designs of its own', async (name) => {
    for (const space of [undefined, somePool(40)]) {
      const campaign = someCampaign({ strategy: { acquisition: name }, budget: { trials: 24 } }, space);
      const records = await run(campaign, 24, 4);
      const keys = records.map(({ proposal }) => `${proposal.fidelity} ${designKey(proposal.design)}`);
      expect(new Set(keys).size).toBe(24);
      const chosen = records.filter(({ proposal }) => proposal.reason.kind === 'acquisition');
      expect(chosen.length).toBeGreaterThan(3);
      for (const { proposal } of chosen) {
        expect(proposal.reason.acquisition).toBe(name);
        expect(Number.isFinite(proposal.reason.value)).toBe(true);
      }
    }
  });

  it.each(acquisitions.map(({ name }) => name))('%s proposes whatever finite numbers come back', async (name) => {
    const value = fc.oneof(
      fc.constant(0),
      fc.constantFrom(1e100, -1e100, 1e-300),
      fc.double({ noNaN: true, min: -9, max: 9 }),
    );
    const campaign = someCampaign(
      { strategy: { acquisition: name, initial: { trials: 2, lowCost: 0.2 } } },
      somePool(10),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 12, maxLength: 12 }), async (values) => {
        const records: TrialRecord[] = [];
        for (const [i, f] of values.entries()) {
          const request = { campaign, round: i + 1, count: 1, pending: [], remainingCost: 1000, trials: records };
          const { proposals } = await decide(request);
          if (proposals.length === 0) break;
          records.push(ended(proposals[0]!, f));
        }
        expect(records.length).toBeGreaterThan(8);
      }),
      { seed: 6, numRuns: 8 },
    );
  });
});
