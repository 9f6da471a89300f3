import { describe, expect, it } from 'vitest';
import type { CampaignHead } from '../../../activities/store/campaign.js';
import type { AuditEntry, TrialRecord } from '../../../models/domain/record.js';
import type { Outcome } from '../../../models/domain/trial.js';
import { decide } from '../../../models/strategy/decide.js';
import { restoredInput } from '../../../scripts/durable/restored-state.js';
import { loopSettings } from '../../../scripts/loop-settings.js';
import { step } from '../../../workflows/campaign-state.js';
import { initialState, type LoopEvent } from '../../../workflows/loop.js';
import { mirrorOf } from '../../../workflows/mirror.js';
import { problemCampaign } from '../../workflows/durable-host.js';

const campaign = problemCampaign('restored', { budget: { trials: 20 } });
const head: CampaignHead = {
  id: 'restored',
  name: 'test',
  fingerprint: '',
  phase: 'paused',
  stop: null,
  budget: null,
  problem: null,
  loop: null,
  createdAt: 0,
  endedAt: null,
};

/** A trial that ended so, and gave nothing where it was not measured. */
async function ended(outcome: Outcome, more: Partial<TrialRecord> = {}): Promise<TrialRecord> {
  const decision = await decide({ campaign, round: 1, count: 1, pending: [], remainingCost: null, trials: [] });
  const proposal = decision.proposals[0]!;
  const cause = outcome === 'measured' ? null : { class: 'unknown' as const, code: 'odd', message: 'odd' };
  const values = outcome === 'measured' ? { value: 3 } : {};
  const said = { trialId: proposal.id, outcome, values, noise: {}, cause, cost: 1, durationMs: 1 };
  return {
    proposal,
    state: 'ended',
    observation: { ...said, artefacts: {}, details: {} },
    startedAt: 0,
    endedAt: 1,
    ...more,
  };
}

const trial = 'restored/r1/p1';
const slot = { id: trial, cost: 1, fidelity: 'exact', again: { generation: 2, was: 'quarantined' } };
const did = (action: string, details: AuditEntry['details'] = {}) => ({ at: 1, who: 'ann', action, details });
const order = did('retry', { slot });
const ruling = did('rule', { trial, verdict: 'release' });

it('was begun so often, where its campaign goes on from the store', async () => {
  const { observation } = await ended('failed');
  const trials = [await ended('failed', { earlier: [{ observation, throughRound: 1 }] })];
  const { state } = restoredInput({ head, campaign, round: 1, trials, audit: [order] }).carried!;
  expect(state).toMatchObject({ retries: [], begunAgain: { [trial]: 2 } });
});

it('encoders are as they were, and are fine-tuned when it is due again, where their campaign goes on from the store', async () => {
  const finetune = { every: 10 };
  const spec = { ...campaign.spec, encoders: ['a', 'b', 'c'].map((model) => ({ model, finetune })) };
  const version = { at: 1, encoder: 'b@2', output: 'o', identity: 'a'.repeat(64), artefact: 'b'.repeat(64) };
  const entry = (n: number, at: number, measured: number, used: typeof version | null) =>
    did('finetune', {
      n,
      at,
      measured,
      sinceRound: n,
      version: used,
      verdict: 'promoted',
      name: 'x',
      reason: 'better',
    });
  const back = did('rollback', { at: 0, version: null, sinceRound: 5 });
  const audit = [entry(1, 0, 100, { ...version, at: 0 }), entry(2, 1, 110, version), back];
  const stored = { head, campaign: { ...campaign, spec }, round: 6, trials: [await ended('measured')], audit };
  const { state } = restoredInput(stored).carried!;
  expect(state).toMatchObject({ codes: [version], tunings: { count: 2, current: null, learned: [100, 110, 0] } });
  expect(restoredInput({ ...stored, campaign, audit: [] }).carried!.state).not.toHaveProperty('tunings');
});

it('a campaign that was paused when a rule was met is paused again, should that be undone after it was lost', async () => {
  const stop = { reason: 'targetReached' as const, text: 'reached' };
  const settings = loopSettings(campaign.spec);
  const state = { ...initialState(settings), phase: 'draining' as const, stop, wasPaused: true as const };
  const mirrored = mirrorOf({ ...state, startedAt: 0, wallClockMs: null, problem: null, runs: 1 });
  const running = await ended('failed', { state: 'running', observation: null });
  const restored = restoredInput({ head: { ...head, ...mirrored }, campaign, round: 1, trials: [running], audit: [] });
  const ruling: LoopEvent = { type: 'ruling', id: 'restored/r0/p1' };
  const effect = { was: null, is: null, front: [], consecutiveFailures: 0, deviceFailures: 0 };
  const asked = step(settings, restored.carried!.state, ruling).state;
  const { state: after } = step(settings, asked, { ...ruling, type: 'ruled', effect, anew: true });
  expect(after).toMatchObject({ phase: 'paused', stop: null });
});

async function retries(audit: readonly AuditEntry[], given?: TrialRecord) {
  const trials = [given ?? (await ended('quarantined'))];
  return restoredInput({ head, campaign, round: 1, trials, audit }).carried!.state.retries;
}

describe('a trial that a person wants done again', () => {
  it('is, where its campaign goes on from the store, counted as it counts by then', async () => {
    expect(await retries([order])).toEqual([slot]);
    const [again] = await retries([order, did('pause')], await ended('failed'));
    expect(again!.again).toEqual({ generation: 2, was: 'failed' });
  });

  it('is not, once it gives a value or counts as never run, or failed as chemistry', async () => {
    expect(await retries([order], await ended('measured'))).toEqual([]);
    expect(await retries([order], await ended('failed', { state: 'withdrawn', observation: null }))).toEqual([]);
    const failed = await ended('failed');
    const cause = { class: 'chemistry' as const, code: 'declared', message: '' };
    expect(await retries([order], { ...failed, observation: { ...failed.observation!, cause } })).toEqual([]);
  });

  it('is not, once a person has ruled on it since, or the campaign has stopped', async () => {
    for (const later of [ruling, did('drain'), did('abort'), did('extend', { ended: 'targetReached' })])
      expect(await retries([order, later])).toEqual([]);
    expect(await retries([ruling, did('drain'), order])).toEqual([slot]);
    expect(await retries([order, did('resume', { ended: 'targetReached' })])).toEqual([slot]);
    // Ordered of a campaign that had stopped: it goes on for this one alone.
    const other = did('retry', { slot: { ...slot, id: 'restored/r0/p9' } });
    expect(await retries([other, did('retry', { slot, ended: 'drained' })])).toEqual([slot]);
    expect(await retries([order, did('retry', { slot: { ...slot, id: 'restored/r0/p9' }, ended: 'drained' })])).toEqual(
      [],
    );
  });
});
