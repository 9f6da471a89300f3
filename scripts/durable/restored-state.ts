import type { CampaignHead, CampaignOutline } from '../../activities/store/campaign.js';
import { durationMs } from '../../models/domain/duration.js';
import type { AuditEntry, TrialRecord } from '../../models/domain/record.js';
import { joined, judgedAt } from '../../models/domain/standing.js';
import type { CampaignInput } from '../../workflows/campaign-input.js';
import { failuresAfter, step } from '../../workflows/campaign-state.js';
import { generationOf, initialState, type LoopCommand, type LoopState, type Slot } from '../../workflows/loop.js';
import { loopSettings } from '../loop-settings.js';

/** What the store holds of a campaign, as far as its loop goes. */
export interface StoredLoop {
  readonly head: CampaignHead;
  readonly campaign: CampaignOutline;
  /** The last round that was decided, 0 before the first. */
  readonly round: number;
  readonly trials: readonly TrialRecord[];
  readonly audit: readonly AuditEntry[];
}

/**
 * What the workflow of a campaign is started with that has a past: where it was when the server's data were lost, or when
 * it stopped. What people decided (a pause, a budget, parallelism, trials to be done again) is in force as before.
 */
export function restoredInput(stored: StoredLoop): CampaignInput {
  const { head, campaign } = stored;
  const settings = loopSettings(campaign.spec);
  const { wallClock } = campaign.spec.budget;
  const inFlight = stored.trials.filter(({ state }) => state === 'running').map(slotOf);
  const restored = restoredState(stored, inFlight);
  const starts: LoopCommand[] = inFlight.map((slot) => ({
    type: 'startTrial',
    id: slot.id,
    ...(slot.again === undefined ? {} : { again: { generation: slot.again.generation, throughRound: restored.round } }),
  }));
  const cancels: LoopCommand[] =
    restored.phase === 'aborting'
      ? inFlight.map((slot) => ({ type: 'cancelTrial', id: slot.id, generation: generationOf(slot) }))
      : [];
  const { state, commands } = step(settings, restored, { type: 'started' });
  return {
    campaignId: campaign.id,
    settings,
    wallClockMs: head.budget?.wallClockMs ?? (head.budget !== null || !wallClock ? null : durationMs(wallClock)),
    carried: { state, commands: [...starts, ...cancels, ...commands], startedAt: head.createdAt, runs: 1 },
  };
}

function restoredState({ head, campaign, round, trials, audit }: StoredLoop, inFlight: readonly Slot[]): LoopState {
  const initial = initialState(loopSettings(campaign.spec));
  const { phase, stop, budget, loop, problem } = head;
  return {
    ...initial,
    ...ended(campaign, trials, audit),
    phase: phase === 'stopped' ? 'draining' : phase,
    stop,
    budget: budget === null ? initial.budget : { cost: budget.cost, trials: budget.trials },
    parallel: loop?.parallel ?? initial.parallel,
    lifted: loop?.lifted ?? [],
    alarm: phase === 'paused' ? problem : null,
    round,
    waiting: trials.filter(({ state }) => state === 'proposed').map(slotOf),
    inFlight,
    started: trials.filter(({ state }) => state === 'running' || state === 'ended').length,
    retries: retries(trials, audit),
  };
}

function slotOf({ proposal, earlier = [] }: TrialRecord): Slot {
  const was = earlier.at(-1)?.observation.outcome;
  const again = was === undefined ? {} : { again: { generation: earlier.length + 1, was } };
  return { id: proposal.id, cost: proposal.estimatedCost, ...again };
}

/** What ended trials amount to, taken in the order in which they ended. */
function ended(
  campaign: CampaignOutline,
  trials: readonly TrialRecord[],
  audit: readonly AuditEntry[],
): Pick<LoopState, 'spent' | 'ended' | 'front' | 'consecutiveFailures' | 'deviceFailures'> {
  const over = trials.filter(({ state }) => state === 'ended').sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
  const counts = { measured: 0, failed: 0, quarantined: 0, cancelled: 0 };
  const resumed = audit.findLast(({ action }) => action === 'resume')?.at ?? 0;
  let failures = { consecutiveFailures: 0, deviceFailures: 0 };
  let front: LoopState['front'] = [];
  let spent = 0;
  for (const { observation, earlier = [] } of trials)
    spent += [...earlier.map((one) => one.observation), observation].reduce((sum, one) => sum + (one?.cost ?? 0), 0);
  for (const { proposal, observation, endedAt } of over) {
    const { outcome, cause } = observation!;
    counts[outcome] += 1;
    failures = failuresAfter(failures, { outcome, cause: cause?.class ?? null });
    // A person who resumed has seen to the device.
    if ((endedAt ?? 0) <= resumed) failures = { ...failures, deviceFailures: 0 };
    const judged = judgedAt(campaign.spec, proposal.fidelity, observation!);
    const round = endedIn(proposal.id, proposal.round, trials);
    if (judged !== null) front = joined(front, { trialId: proposal.id, round, ...judged });
  }
  return { spent, ended: counts, front, ...failures };
}

/** The last round asked for before a trial ended: the last that counted it as in flight, or its own. */
function endedIn(id: string, own: number, trials: readonly TrialRecord[]): number {
  return trials.reduce(
    (last, { proposal }) => (proposal.basis.pending.includes(id) ? Math.max(last, proposal.round) : last),
    own,
  );
}

/** Trials that a person wants done again, and that were not begun since. */
function retries(trials: readonly TrialRecord[], audit: readonly AuditEntry[]): readonly Slot[] {
  const wanted = new Map<string, Slot>();
  for (const { action, details } of audit) {
    if (action !== 'retry') continue;
    const slot = details.slot as Slot;
    const trial = trials.find(({ proposal }) => proposal.id === slot.id);
    if (trial !== undefined && (trial.earlier?.length ?? 0) + 1 < generationOf(slot)) wanted.set(slot.id, slot);
  }
  return [...wanted.values()];
}
