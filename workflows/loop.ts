import type { StopRule } from '../models/domain/campaign.js';
import type { Assurance } from '../models/domain/proposal.js';
import type { StopReason } from '../models/domain/record.js';
import type { Goals, Judged } from '../models/domain/standing.js';
import type { CauseClass, Outcome } from '../models/domain/trial.js';

/** What the loop needs to know of the campaign; plain JSON. */
export interface LoopSettings {
  /** Trials at a time, until a person changes it. */
  readonly parallel: number;
  readonly synchronous: boolean;
  readonly maxConsecutiveFailures: number;
  readonly budget: LoopBudget;
  readonly stop: readonly StopRule[];
  readonly goals: Goals;
}

/** What may be spent; null where there is no such limit. */
export interface LoopBudget {
  readonly cost: number | null;
  readonly trials: number | null;
}

/** A proposal as far as the loop cares. */
export interface Slot {
  readonly id: string;
  /** Estimated cost; counts against the budget until the trial ends. */
  readonly cost: number;
  /** Present where a person has the trial done again: which time it is, from 2, and how it ended the time before. */
  readonly again?: { readonly generation: number; readonly was: Outcome };
}

/** A trial of the front. */
export interface Standing extends Judged {
  readonly trialId: string;
  /** The last round that had been asked for when it ended. */
  readonly round: number;
}

/** All that the loop remembers between events; plain JSON. */
export interface LoopState {
  readonly phase: 'running' | 'paused' | 'draining' | 'aborting' | 'stopped';
  readonly budget: LoopBudget;
  /** Last round asked for; 0 before the first. */
  readonly round: number;
  /** Whether the answer for that round is still out. */
  readonly proposing: boolean;
  /** Proposed, not started: arrived while paused. */
  readonly waiting: readonly Slot[];
  readonly inFlight: readonly Slot[];
  /** Actual cost of all ended trials. */
  readonly spent: number;
  readonly started: number;
  readonly ended: Readonly<Record<Outcome, number>>;
  /** Designs in a row that failed as chemistry. */
  readonly consecutiveFailures: number;
  /** Trials in a row that gave nothing for any other reason; a trial that shows the device at work ends the row. */
  readonly deviceFailures: number;
  /** Trials at the target that none is better than, in the order in which they joined: one where there is one objective. */
  readonly front: readonly Standing[];
  /** Why the last round gave less than asked for; cleared when a trial ends. */
  readonly shortfall: 'space' | 'budget' | null;
  /** The first stop reason that held. */
  readonly stop: { readonly reason: StopReason; readonly text: string } | null;
  readonly parallel: number;
  /** To be done again, as soon as a place is free. */
  readonly retries: readonly Slot[];
  /** Why the campaign paused by itself; null if it did not. */
  readonly alarm: string | null;
  /** Stop rules that a person no longer wants. */
  readonly lifted: readonly StopReason[];
  /** Trials of which a ruling is being written down: no round begins, and the campaign does not end, before that is done. */
  readonly ruling: readonly string[];
}

/** What a ruling on a trial comes to. */
export interface RulingEffect extends Pick<LoopState, 'front' | 'consecutiveFailures' | 'deviceFailures'> {
  /** How the trial counted before, and what it did cost; null where it counted as never run. */
  readonly was: { readonly outcome: Outcome; readonly cost: number } | null;
  /** The same from now on. */
  readonly is: { readonly outcome: Outcome; readonly cost: number } | null;
}

/** What can happen to a campaign. */
export type LoopEvent =
  | { readonly type: 'started' }
  | {
      readonly type: 'proposed';
      readonly round: number;
      readonly proposals: readonly Slot[];
      /** Why fewer than asked for came: no design left, or none that the remaining budget can pay. */
      readonly shortfall: 'space' | 'budget' | null;
      /** What was computed for the stop rules `regretBound`; absent without one, and in histories from before there were. */
      readonly assurances?: readonly Assurance[];
    }
  | {
      readonly type: 'trialEnded';
      readonly id: string;
      readonly outcome: Outcome;
      readonly cost: number;
      /** What a measured trial at the target fidelity is worth, else null. */
      readonly judged: Judged | null;
      /** Who is to blame where nothing was measured; absent in histories from before it was told. */
      readonly cause?: CauseClass | null;
      /** 1 where absent. */
      readonly generation?: number;
    }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'drain'; readonly reason: 'drained' | 'wallClock' | 'failures' }
  | { readonly type: 'abort' }
  | { readonly type: 'budget'; readonly budget: LoopBudget }
  | { readonly type: 'parallel'; readonly parallel: number }
  | { readonly type: 'retry'; readonly slot: Slot }
  /** A person rules on a trial that has ended: rounds wait until it is written down. */
  | { readonly type: 'ruling'; readonly id: string }
  /** It is, and counts from the next round on; null where nothing came of it. */
  | { readonly type: 'ruled'; readonly id: string; readonly effect: RulingEffect | null };

/** What a host has to do. */
export type LoopCommand =
  | {
      readonly type: 'propose';
      readonly round: number;
      readonly count: number;
      /** Trials in flight: points that the proposal must count as pending. */
      readonly pending: readonly string[];
      /** Budget not yet spent or committed, null without a cost budget. */
      readonly remainingCost: number | null;
    }
  | {
      readonly type: 'startTrial';
      readonly id: string;
      /** Present where it is done again: the generation, and the last round decided with what the one before gave. */
      readonly again?: { readonly generation: number; readonly throughRound: number };
    }
  | { readonly type: 'cancelTrial'; readonly id: string; readonly generation: number }
  | { readonly type: 'withdraw'; readonly ids: readonly string[] }
  | { readonly type: 'finish'; readonly reason: StopReason; readonly text: string };

/** Answer to an event: the state after it, and what to do. */
export interface Step {
  readonly state: LoopState;
  readonly commands: readonly LoopCommand[];
}

/** The state before the event `started`. */
export function initialState(settings: LoopSettings): LoopState {
  return {
    phase: 'running',
    budget: settings.budget,
    round: 0,
    proposing: false,
    waiting: [],
    inFlight: [],
    spent: 0,
    started: 0,
    ended: { measured: 0, failed: 0, quarantined: 0, cancelled: 0 },
    consecutiveFailures: 0,
    deviceFailures: 0,
    front: [],
    shortfall: null,
    stop: null,
    parallel: settings.parallel,
    retries: [],
    alarm: null,
    lifted: [],
    ruling: [],
  };
}

/** Cost of all trials in flight or waiting, as estimated. */
export function committedCost(state: LoopState): number {
  return [...state.inFlight, ...state.waiting, ...state.retries].reduce((sum, slot) => sum + slot.cost, 0);
}

/** Which time a trial runs, from 1. */
export function generationOf({ again }: Slot): number {
  return again?.generation ?? 1;
}

/** Id of the workflow of a trial: the trial's own, the first time. */
export function trialWorkflowId(trialId: string, generation: number): string {
  return generation === 1 ? trialId : `${trialId}/g${generation}`;
}
