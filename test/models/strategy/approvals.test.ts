import { describe, expect, it } from 'vitest';
import type { Gate } from '../../../models/domain/approval.js';
import type { Campaign } from '../../../models/domain/campaign.js';
import type { TrialRecord } from '../../../models/domain/record.js';
import { decide } from '../../../models/strategy/decide.js';
import { problemCampaign } from '../../workflows/durable-host.js';

const gated = (approval: readonly Gate[], more: object = {}): Campaign =>
  problemCampaign('gated', { approval, ...more });

async function firstRound(campaign: Campaign, count = 4, trials: readonly TrialRecord[] = [], round = 1) {
  return decide({ campaign, round, count, pending: [], remainingCost: null, trials });
}

const ended = ({ proposals }: Awaited<ReturnType<typeof firstRound>>): TrialRecord[] =>
  proposals.map((proposal) => ({
    proposal,
    state: 'ended',
    observation: {
      trialId: proposal.id,
      outcome: 'measured',
      values: { value: 1 },
      noise: {},
      cost: 1,
      durationMs: 0,
      cause: null,
      artefacts: {},
      details: {},
    },
    startedAt: 1,
    endedAt: 2,
  }));

describe('gates', () => {
  it('say of each proposal whether a person is to approve it, and change nothing of it', async () => {
    const free = await firstRound(gated([{ costAbove: 1 }]));
    expect(free.approvals).toBeUndefined();
    const { approvals, ...rest } = await firstRound(gated([{ first: 2, timeout: '2h', otherwise: 'reject' }]));
    expect(rest).toEqual(free);
    const asked = { why: ['among the first 2'], timeoutMs: 7_200_000, otherwise: 'reject', until: null };
    expect(approvals).toEqual([asked, asked, null, null]);
    // Those of the round before count among the first.
    const next = await firstRound(gated([{ first: 5 }]), 4, ended(free), 2);
    expect(next.approvals).toMatchObject([
      { why: ['among the first 5'], timeoutMs: null, otherwise: 'wait' },
      null,
      null,
      null,
    ]);
  });

  it('go by fidelity, estimated cost and novelty; all conditions of one must hold', async () => {
    const meets = async (gate: Gate) => (await firstRound(gated([gate]), 1)).approvals?.[0]?.why ?? null;
    expect(await meets({ fidelity: 'exact' })).toEqual(["at fidelity 'exact'"]);
    expect(await meets({ fidelity: ['exact'], costAbove: 0.5 })).toEqual([
      "at fidelity 'exact', estimated cost 1, above 0.5",
    ]);
    expect(await meets({ fidelity: 'exact', costAbove: 1 })).toBeNull();
    expect(await meets({ noveltyAbove: 0.99 })).toEqual(['novelty 1, above 0.99']);
    const before = ended(await firstRound(problemCampaign('gated', {}), 12));
    const near = await firstRound(gated([{ noveltyAbove: 0.9 }]), 1, before, 2);
    expect(near.approvals).toBeUndefined();
    const far = await firstRound(gated([{ noveltyAbove: 0 }]), 1, before, 2);
    // Branin is searched from -5 to 10 and from 0 to 15: the distance is that of the parameter that differs most.
    const { design } = far.proposals[0]!;
    const shares = before.map(({ proposal }) =>
      Math.max(...['x1', 'x2'].map((name) => Math.abs(Number(design[name]) - Number(proposal.design[name])) / 15)),
    );
    expect(far.approvals![0]!.why).toEqual([`novelty ${Number(Math.min(...shares).toPrecision(3))}, above 0`]);
  });
});
