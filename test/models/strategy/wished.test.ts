import { expect, it } from 'vitest';
import type { TrialRecord } from '../../../models/domain/record.js';
import { decide } from '../../../models/strategy/decide.js';
import { problemCampaign } from '../../workflows/durable-host.js';

const campaign = problemCampaign('wished', { strategy: { initial: { trials: 4 } }, budget: { trials: 20 } });

it('a person’s own design is predicted as the surrogates of its round predict a proposal', async () => {
  const asked = { campaign, remainingCost: null, pending: [] };
  const initial = await decide({ ...asked, round: 1, count: 4, trials: [] });
  const wish = (design: Record<string, number | string>) => ({
    design,
    rowId: null,
    fidelity: 'exact',
    words: 'by ann',
  });
  const first = await decide({ ...asked, round: 1, count: 1, trials: [], wish: wish({ x1: 1, x2: 2 }) });
  expect(first.proposals).toMatchObject([
    { design: { x1: 1, x2: 2 }, estimatedCost: 1, reason: { kind: 'supplied', mean: null, text: 'by ann' } },
  ]);
  const trials = initial.proposals.map((proposal, i): TrialRecord => {
    const none = { noise: {}, cost: 1, durationMs: 0, cause: null, artefacts: {}, details: {} };
    const observation = { trialId: proposal.id, outcome: 'measured' as const, values: { value: 10 * i }, ...none };
    return { proposal, state: 'ended', observation, startedAt: null, endedAt: null };
  });
  const chosen = (await decide({ ...asked, round: 2, count: 1, trials })).proposals[0]!;
  const same = (await decide({ ...asked, round: 2, count: 1, trials, wish: wish(chosen.design) })).proposals[0]!;
  const { mean, sd, targetMean, targetSd } = chosen.reason;
  expect(mean).not.toBeNull();
  expect(same.reason).toMatchObject({
    kind: 'supplied',
    acquisition: null,
    value: null,
    mean,
    sd,
    targetMean,
    targetSd,
  });
  expect(same.basis).toMatchObject({ dataHash: chosen.basis.dataHash, fit: null });
  const other = (await decide({ ...asked, round: 2, count: 1, trials, wish: wish({ x1: 9, x2: 14 }) })).proposals[0]!;
  expect(other.reason.mean).not.toBe(mean);
});
