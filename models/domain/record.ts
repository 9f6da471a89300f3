import type { Campaign } from './campaign.js';
import type { Proposal } from './proposal.js';
import type { Observation } from './trial.js';

/** Why a campaign came to rest. */
export const stopReasons = [
  'budgetCost',
  'budgetTrials',
  'wallClock',
  'targetReached',
  'noImprovement',
  'regretBound',
  'exhausted',
  'failures',
  'drained',
  'aborted',
] as const;
/** One of the reasons above. */
export type StopReason = (typeof stopReasons)[number];

/** Where a trial stands. `withdrawn`: proposed, but never started, because the campaign stopped first. */
export const trialStates = ['proposed', 'running', 'ended', 'withdrawn'] as const;
/** One of the states above. */
export type TrialState = (typeof trialStates)[number];

/** A proposal with what became of it. */
export interface TrialRecord {
  readonly proposal: Proposal;
  readonly state: TrialState;
  readonly observation: Observation | null;
  /** Milliseconds since 1970; null while not yet so, or where time is virtual. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** What earlier generations gave, oldest first; absent where the trial was run once. */
  readonly earlier?: readonly EarlierAttempt[];
}

/** What a trial gave before a person had it done again. */
export interface EarlierAttempt {
  readonly observation: Observation;
  /** Last round that was decided with it. */
  readonly throughRound: number;
}

/** A trial as a round saw it: with what it had given by then. */
export function asOfRound(trial: TrialRecord, round: number): TrialRecord {
  const seen = trial.earlier?.find(({ throughRound }) => round <= throughRound);
  return seen === undefined ? trial : { ...trial, state: 'ended', observation: seen.observation };
}

/** A decision of a person. */
export interface AuditEntry {
  readonly at: number;
  readonly who: string;
  readonly action: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Everything known of one campaign; what `export` writes and `report` draws. */
export interface CampaignRecord {
  readonly campaign: Campaign;
  readonly phase: 'running' | 'paused' | 'draining' | 'aborting' | 'stopped';
  readonly stop: { readonly reason: StopReason; readonly text: string } | null;
  /** In the order of trial ids. */
  readonly trials: readonly TrialRecord[];
  readonly audit: readonly AuditEntry[];
}
