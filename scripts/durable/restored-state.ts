import type { CampaignHead, CampaignOutline } from '../../activities/store/campaign.js';
import { inForceNow } from '../../activities/store/change.js';
import { tallyOf } from '../../activities/tally.js';
import type { CampaignSpec } from '../../models/domain/campaign.js';
import { type AuditEntry, spentOn, type TrialRecord, timesRun } from '../../models/domain/record.js';
import { isFinal } from '../../models/domain/standing.js';
import { versionEntries, versionsAfter } from '../../models/domain/tuning.js';
import type { CampaignInput } from '../../workflows/campaign-input.js';
import { step } from '../../workflows/campaign-state.js';
import {
  dueOf,
  generationOf,
  initialState,
  type LoopCommand,
  type LoopSettings,
  type LoopState,
  type Slot,
} from '../../workflows/loop.js';
import { loopSettings } from '../loop-settings.js';
import { lastAssurances } from '../outcome.js';

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
 * it stopped. What people decided (a pause, a budget, parallelism, stop rules, trials to be done again) is in force as before.
 */
export function restoredInput(stored: StoredLoop): CampaignInput {
  const { head, campaign } = stored;
  const settings = loopSettings(campaign.spec);
  const inFlight = stored.trials
    .filter(({ state }) => state === 'running')
    .map((trial) => slotOf(trial, stored.trials));
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
    wallClockMs: inForceNow(head, campaign.spec, stored.audit).budget.wallClockMs,
    carried: { state, commands: [...starts, ...cancels, ...commands], startedAt: head.createdAt, runs: 1 },
  };
}

function restoredState({ head, campaign, round, trials, audit }: StoredLoop, inFlight: readonly Slot[]): LoopState {
  const settings = loopSettings(campaign.spec);
  const initial = initialState(settings);
  const { phase, stop, loop, problem } = head;
  const { budget, parallel, stop: rules, lifted, fixed, contexts } = inForceNow(head, campaign.spec, audit);
  return {
    ...initial,
    ...ended(trials),
    ...tallyOf(campaign.spec, trials, audit),
    phase: phase === 'stopped' ? 'draining' : phase,
    stop,
    ...(phase === 'draining' && loop?.wasPaused === true ? { wasPaused: true as const } : {}),
    ...versionsBefore(settings, initial, audit),
    ...(stop?.reason === 'regretBound' ? { assured: lastAssurances({ trials }) } : {}),
    budget: { cost: budget.cost, trials: budget.trials },
    parallel,
    rules,
    lifted,
    ...(fixed === undefined ? {} : { fixed }),
    ...(contexts === undefined ? {} : { contexts }),
    problems: phase === 'paused' && problem !== null ? [{ key: 'failures', text: problem }] : [],
    round: Math.max(
      round,
      ...audit.flatMap(({ action, details }) => (action === 'restored' ? Number(details.round) : [])),
    ),
    waiting: trials.filter(({ state }) => state === 'proposed').map((trial) => slotOf(trial, trials)),
    inFlight,
    started: trials.filter(({ state }) => state === 'running' || state === 'ended').length,
    retries: retries(campaign.spec, trials, audit),
    begunAgain: Object.fromEntries(
      trials.filter((trial) => timesRun(trial) > 1).map((trial) => [trial.proposal.id, timesRun(trial)]),
    ),
  };
}

function slotOf(trial: TrialRecord, trials: readonly TrialRecord[]): Slot {
  const { proposal, needs, approval, earlier = [] } = trial;
  const was = earlier.at(-1)?.observation?.outcome;
  return {
    id: proposal.id,
    cost: proposal.estimatedCost,
    fidelity: proposal.fidelity,
    ...(needs === undefined ? {} : { needs }),
    ...(needs !== 'approval' || approval === undefined ? {} : { approval: dueOf(approval) }),
    ...(isInjected(trial, trials) ? { injected: true } : {}),
    ...(was === undefined ? {} : { again: { generation: timesRun(trial), was } }),
  };
}

/** Whether a person put a trial beside what was proposed: itself, or the one whose place it takes. */
function isInjected({ proposal: { basis } }: TrialRecord, trials: readonly TrialRecord[]): boolean {
  if (basis.person?.insteadOf === undefined) return basis.person !== undefined;
  const before = trials.find(({ proposal }) => proposal.id === basis.person?.insteadOf);
  return before !== undefined && isInjected(before, trials);
}

/** Versions of encoders in use, and how far the campaign was with fine-tuning; one that was under way is ordered anew when it is due. */
function versionsBefore(
  { tune = [] }: LoopSettings,
  { tunings }: LoopState,
  audit: readonly AuditEntry[],
): Pick<LoopState, 'codes' | 'tunings'> {
  const entries = versionEntries(audit);
  const codes = versionsAfter(entries);
  const count = entries.reduce((most, { told }) => Math.max(most, told.n ?? 0), 0);
  const learned = tune.map(
    (rule) => entries.findLast(({ told }) => told.at === rule.at && told.n !== undefined)?.told.measured ?? 0,
  );
  const known = tunings ?? { current: null, inside: [] };
  return {
    ...(codes.length === 0 ? {} : { codes }),
    ...(tunings === undefined && count === 0 ? {} : { tunings: { ...known, count, learned } }),
  };
}

/** How trials ended, and what all of them did cost. */
function ended(trials: readonly TrialRecord[]): Pick<LoopState, 'spent' | 'ended'> {
  const counts = { measured: 0, failed: 0, quarantined: 0, cancelled: 0 };
  for (const { state, observation } of trials) if (state === 'ended') counts[observation!.outcome] += 1;
  return { spent: trials.reduce((sum, trial) => sum + spentOn(trial), 0), ended: counts };
}

/**
 * Trials that a person wants done again, that were not begun since, and that still gave no value. An order ends where people
 * rule on its trial, and where the campaign stops; a stop that a ruling undid was none.
 */
function retries(spec: CampaignSpec, trials: readonly TrialRecord[], audit: readonly AuditEntry[]): readonly Slot[] {
  const wanted = new Map<string, Slot>();
  for (const { action, details } of audit) {
    if (stops.has(action) || (action === 'retry' && details.ended !== undefined)) wanted.clear();
    if (action === 'rule') wanted.delete(details.trial as string);
    if (action === 'retry') wanted.set((details.slot as Slot).id, details.slot as Slot);
  }
  return [...wanted.values()].flatMap((slot) => {
    const trial = trials.find(({ proposal }) => proposal.id === slot.id);
    const counted = trial?.state === 'ended' ? trial.observation : null;
    const generation = generationOf(slot);
    if (counted == null || timesRun(trial!) >= generation || isFinal(spec, counted)) return [];
    return [{ ...slot, again: { ...slot.again, generation, was: counted.outcome } }];
  });
}

/** What people did that ended a campaign, or let it go on anew after its end. */
const stops: ReadonlySet<string> = new Set(['drain', 'abort', 'extend']);
