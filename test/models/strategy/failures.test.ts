import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../models/domain/campaign.js';
import type { Design } from '../../../models/domain/design.js';
import type { TrialRecord } from '../../../models/domain/record.js';
import type { Space } from '../../../models/domain/space.js';
import type { CauseClass } from '../../../models/domain/verdicts.js';
import { decide } from '../../../models/strategy/decide.js';
import { ended, someCampaign, somePool } from '../../support/campaigns.js';

const one = { fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }], budget: { trials: 100 } };
const mixed: Space = {
  parameters: [
    { name: 'x', type: 'continuous', bounds: [0, 1] },
    { name: 'y', type: 'continuous', bounds: [-1, 1] },
    { name: 'solvent', type: 'categorical', levels: ['DMF', 'DMSO', 'THF', 'MeCN'] },
  ] as unknown as Space['parameters'],
  pool: null,
};

/** Rough, and best at x = 0.9, where all fails; of the solvents, too, one that fails promises most. */
const loss = ({ x, y, solvent }: Design) =>
  0.8 * ((x as number) - 0.9) ** 2 +
  0.1 * Math.sin(12 * (x as number)) * Math.cos(7 * (y as number)) -
  (solvent === 'DMF' ? 1 : 0);
const fails = (design: Design) => (design.x as number) > 0.7 || design.solvent === 'DMF';
/** Not at the border of what fails, where a search for the best has to end, but within. */
const deep = (design: Design) => (design.x as number) > 0.75 || design.solvent === 'DMF';

/** A campaign of so many trials, `batch` at a time; what fails does so for this cause. */
async function run(campaign: Campaign, trials: number, batch: number, cause: CauseClass): Promise<TrialRecord[]> {
  const records: TrialRecord[] = [];
  for (let round = 1; records.length < trials; round++) {
    const request = { campaign, round, count: batch, pending: [], remainingCost: null, trials: records };
    const { proposals } = await decide(request);
    for (const proposal of proposals) {
      const record = ended(proposal, loss(proposal.design), fails(proposal.design) ? 'failed' : 'measured');
      const { observation } = record;
      const failed = observation!.cause === null ? null : { ...observation!.cause, class: cause };
      records.push({ ...record, observation: { ...observation!, cause: failed } });
    }
  }
  return records;
}

/** Trials sent far into what fails once a few have failed there. */
async function sent(campaign: Campaign, cause: CauseClass): Promise<number> {
  let count = 0;
  for (const [seed, batch] of [
    [1, 1],
    [2, 4],
  ] as const) {
    const records = await run({ ...campaign, spec: { ...campaign.spec, seed } }, 28, batch, cause);
    count += records.slice(12).filter(({ proposal }) => deep(proposal.design)).length;
  }
  return count;
}

const kinds: [string, Campaign][] = [
  ['a continuous space', someCampaign(one, { ...somePool(1), pool: null })],
  ['a mixed space', someCampaign(one, mixed)],
  ['a pool', someCampaign(one, somePool(200))],
  ['a pool with several fidelities', someCampaign({ budget: { cost: 100 } }, somePool(200))],
  [
    'a continuous space with several fidelities',
    someCampaign({ budget: { cost: 100 } }, { ...somePool(1), pool: null }),
  ],
  ...['ucb', 'thompson', 'q-log-ei'].map((acquisition): [string, Campaign] => [
    `a pool, by ${acquisition}`,
    someCampaign({ ...one, strategy: { acquisition } }, somePool(200)),
  ]),
];

describe('what fails by its chemistry', () => {
  it.each(kinds)('is left, in %s', async (_, campaign) => {
    const [taught, untaught] = [await sent(campaign, 'chemistry'), await sent(campaign, 'unknown')];
    expect(untaught).toBeGreaterThanOrEqual(6);
    expect(taught).toBeLessThanOrEqual(untaught / 2);
  });

  it('is told of a design beside it, in words', async () => {
    const records = await run(kinds[0]![1], 24, 1, 'chemistry');
    expect(
      records.some(({ proposal }) => /may fail as others did: .* probability 0\.\d\d/.test(proposal.reason.text)),
    ).toBe(true);
  });

  it('teaches nothing where the device is to blame: the same proposals as where nobody can tell', async () => {
    const [device, unknown] = [await run(kinds[0]![1], 16, 1, 'device'), await run(kinds[0]![1], 16, 1, 'unknown')];
    expect(device.map(({ proposal }) => proposal.design)).toEqual(unknown.map(({ proposal }) => proposal.design));
    expect(device.every(({ proposal }) => !proposal.reason.text.includes('may fail'))).toBe(true);
  });

  it('does not keep a campaign from going on where everything near the best fails', async () => {
    const records = await run(kinds[2]![1], 60, 1, 'chemistry');
    expect(new Set(records.map(({ proposal }) => proposal.rowId)).size).toBe(60);
  });
});
