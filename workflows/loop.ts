import type { AskedApproval } from '../models/domain/approval.js';
import type { StopRule } from '../models/domain/campaign.js';
import type { Change, InForce } from '../models/domain/change.js';
import type { CodesVersion } from '../models/domain/codes-version.js';
import type { Assurance } from '../models/domain/proposal.js';
import type { Need, Phase, Stop, StopReason } from '../models/domain/record.js';
import type { Goals } from '../models/domain/standing.js';
import type { Outcome } from '../models/domain/trial.js';
import type { TuneOrder, TuneRule, TuningState } from '../models/domain/tuning.js';
import type { EndedTrial, Standing } from './ended-trial.js';

/** What the loop needs to know of the campaign; plain JSON. */
export interface LoopSettings {
  /** Trials at a time, until a person changes it. */
  readonly parallel: number;
  readonly synchronous: boolean;
  readonly maxConsecutiveFailures: number;
  readonly budget: LoopBudget;
  /** As the file has them, until a person changes them. */
  readonly stop: readonly StopRule[];
  readonly goals: Goals;
  /** Device of each level that takes one trial at a time; absent where none does. */
  readonly exclusive?: Readonly<Record<string, string>>;
  /** How many levels there are; present with `exclusive`. */
  readonly levels?: number;
  /** Present where trials may need slots of the lab's instruments. */
  readonly lab?: true;
  /** Levels that people measure; absent where there is none. */
  readonly people?: readonly string[];
  /** Encoders that it fine-tunes by itself; absent where there is none. */
  readonly tune?: readonly TuneRule[];
}

/** What may be spent; null where there is no such limit. */
export interface LoopBudget {
  readonly cost: number | null;
  readonly trials: number | null;
}

/** What went wrong, until a person has seen to it. */
export interface Problem {
  /** What it is about; of each there is one. `failures`: too many trials in a row gave nothing. */
  readonly key: string;
  readonly text: string;
}

/** How long a person is waited for, and what happens then. */
export type Due = Omit<AskedApproval, 'why'>;

/** A proposal as far as the loop cares. */
export interface Slot {
  readonly id: string;
  /** Absent in histories from before it was told. */
  readonly fidelity?: string;
  /** Absent where nothing is needed of a person. */
  readonly needs?: Need;
  /** Present where it waits for approval: how long, and what happens then. */
  readonly approval?: Due;
  /** Present where a person proposed it: it waits for a place of its own. */
  readonly injected?: true;
  /** Estimated cost; counts against the budget until the trial ends. */
  readonly cost: number;
  /** Present where a person has the trial done again: which time it is, from 2, and how it ended the time before. */
  readonly again?: {
    readonly generation: number;
    readonly was: Outcome;
    /** What the time before was charged and costs no more, as a person says; absent for nothing. */
    readonly uncharged?: number;
    /** Its job runs, or its sample stands in the lab: it waits for no place, as others may wait for what it holds. */
    readonly goesOn?: true;
  };
}

/** All that the loop remembers between events; plain JSON. */
export interface LoopState {
  readonly phase: Phase;
  readonly budget: LoopBudget;
  /** Last round asked for; 0 before the first. */
  readonly round: number;
  /** Whether the answer for that round is still out. */
  readonly proposing: boolean;
  /** Proposed, not started: arrived while paused, is to be approved, or has no place yet. */
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
  /** Designs measured at the target that none is better than, in the order of their ids: one where there is one objective. */
  readonly front: readonly Standing[];
  /** Why the last round gave less than asked for; cleared when a trial ends. */
  readonly shortfall: 'space' | 'budget' | null;
  /** The first stop reason that held. */
  readonly stop: Stop | null;
  /** Present where it was paused when that came: should what people rule undo it, it is paused again. */
  readonly wasPaused?: true;
  readonly parallel: number;
  /** The stop rules in force. */
  readonly rules: readonly StopRule[];
  /** What the decision said for which a bound on the regret stopped it; absent where none did. */
  readonly assured?: readonly Assurance[];
  /** To be done again, as soon as a place is free. */
  readonly retries: readonly Slot[];
  /** Which time each trial was begun last that was done again, by id. */
  readonly begunAgain: Readonly<Record<string, number>>;
  /** What a person has to see to, oldest first. */
  readonly problems: readonly Problem[];
  /** Stop rules that a person no longer wants. */
  readonly lifted: readonly StopReason[];
  /** Parameters that proposals keep to a value; absent where none does. */
  readonly fixed?: NonNullable<InForce['fixed']>;
  /** What a person said of contexts; absent where nobody did. */
  readonly contexts?: NonNullable<InForce['contexts']>;
  /** Trials of which a ruling is written down, or the design averaged: no round begins, nor does the campaign end, before that is done. */
  readonly ruling: readonly string[];
  /** Versions of encoders in use in the place of those that the campaign was started with; absent where there is none. */
  readonly codes?: readonly CodesVersion[];
  /** Absent where no encoder was ever to be fine-tuned. */
  readonly tunings?: TuningState;
}

/** What a ruling on a trial comes to. */
export interface RulingEffect extends Pick<LoopState, 'front' | 'consecutiveFailures' | 'deviceFailures'> {
  /** How the trial counted before, and what it did cost; null where it counted as never run. */
  readonly was: { readonly outcome: Outcome; readonly cost: number } | null;
  /** The same from now on. */
  readonly is: { readonly outcome: Outcome; readonly cost: number } | null;
  /** What a person has to see to that came of it; absent where nothing did. */
  readonly trouble?: string;
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
  | ({ readonly type: 'trialEnded' } & EndedTrial)
  /** What a design comes to that was measured again: the front of what is known to have ended. */
  | { readonly type: 'averaged'; readonly id: string; readonly front: readonly Standing[] }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'drain'; readonly reason: 'drained' | 'wallClock' | 'failures' }
  | { readonly type: 'abort' }
  | { readonly type: 'budget'; readonly budget: LoopBudget }
  | { readonly type: 'parallel'; readonly parallel: number }
  /** A person changed what is in force, and it is written down. */
  | { readonly type: 'changed'; readonly change: Change }
  | { readonly type: 'retry'; readonly slot: Slot }
  /** A person is deciding on a proposal that has not started: it does not until that is done. */
  | { readonly type: 'held'; readonly id: string }
  /** A person wants a proposal that waits for approval. */
  | { readonly type: 'approve'; readonly id: string }
  /** A person does not want a proposal that has not started. */
  | { readonly type: 'reject'; readonly id: string }
  /** A person puts another proposal in the place of one that has not started. */
  | { readonly type: 'edit'; readonly id: string; readonly slot: Slot }
  /** A person's own proposal, which makes a round of its own; between two rounds only. */
  | { readonly type: 'injected'; readonly round: number; readonly slot: Slot }
  /** A trial in flight waits for a person, or no longer does. */
  | { readonly type: 'needs'; readonly id: string; readonly needs: Exclude<Need, 'approval'> | null }
  /** A person says how a trial ended that waits for that. */
  | ({ readonly type: 'told' } & EndedTrial)
  /** Something went wrong, or no longer is. */
  | { readonly type: 'problem'; readonly key: string; readonly text: string | null }
  /** An encoder is to be fine-tuned, as a person wants. */
  | ({ readonly type: 'tune' } & Pick<TuneOrder, 'at' | 'trigger' | 'who' | 'why' | 'folds' | 'settings'>)
  /** What came of that is written down. */
  | { readonly type: 'tuned'; readonly n: number }
  /** Another version of an encoder is in use from the next round on; null for the one that the space has. */
  | { readonly type: 'version'; readonly at: number; readonly version: CodesVersion | null }
  /** A person has seen to what went wrong; what failed is tried again. */
  | { readonly type: 'solved' }
  /** A person rules on a trial that has ended: rounds wait until it is written down. */
  | { readonly type: 'ruling'; readonly id: string }
  /** It is, and counts from the next round on; null where nothing came of it. */
  | {
      readonly type: 'ruled';
      readonly id: string;
      readonly effect: RulingEffect | null;
      /** Whether a rule that had stopped the campaign is looked at anew; absent in histories from before it was. */
      readonly anew?: boolean;
      /** Whether the trials to be done again are then begun after all; absent in histories from before they were. */
      readonly again?: boolean;
    };

/** What a host has to do. */
export type LoopCommand =
  | {
      readonly type: 'propose';
      readonly round: number;
      readonly count: number;
      /** Trials in flight or to be: points that the proposal must count as pending. */
      readonly pending: readonly string[];
      /** Budget not yet spent or committed, null without a cost budget. */
      readonly remainingCost: number | null;
      /** The budget in force, where a person changed that of the campaign file. */
      readonly budget?: LoopBudget;
      /** The stop rules in force, where a person changed those of the campaign file. */
      readonly stop?: readonly StopRule[];
      /** Parameters that the proposals are to keep to a value, where there are any. */
      readonly fixed?: NonNullable<InForce['fixed']>;
      /** What a person said of contexts; absent where nobody did. */
      readonly contexts?: NonNullable<InForce['contexts']>;
      /** Versions of encoders in use, where they are others than the campaign was started with. */
      readonly codes?: readonly CodesVersion[];
    }
  | {
      readonly type: 'startTrial';
      readonly id: string;
      /** Present where it is done again: the generation, and the last round decided with what the one before gave. */
      readonly again?: {
        readonly generation: number;
        readonly throughRound: number;
        /** Present where the time before costs nothing. */
        readonly uncharged?: true;
      };
    }
  | { readonly type: 'cancelTrial'; readonly id: string; readonly generation: number }
  /** Find out what the design of this trial comes to, which was measured again. */
  | { readonly type: 'average'; readonly id: string }
  | { readonly type: 'withdraw'; readonly ids: readonly string[] }
  | { readonly type: 'tune'; readonly order: TuneOrder }
  | { readonly type: 'cancelTuning'; readonly n: number }
  | { readonly type: 'finish'; readonly reason: StopReason; readonly text: string };

/** Answer to an event: the state after it, and what to do. */
export interface LoopStep {
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
    rules: settings.stop,
    retries: [],
    begunAgain: {},
    problems: [],
    lifted: [],
    ruling: [],
    ...(settings.tune === undefined ? {} : { tunings: { count: 0, current: null, learned: [], inside: [] } }),
  };
}

/** Of an approval what concerns the loop. */
export function dueOf({ timeoutMs, otherwise, until }: AskedApproval): Due {
  return { timeoutMs, otherwise, until };
}

/** Cost of all trials in flight or waiting, as estimated. */
export function committedCost(state: LoopState): number {
  return [...state.inFlight, ...state.waiting, ...state.retries].reduce((sum, slot) => sum + slot.cost, 0);
}

/** The problems in one text, null if there are none. */
export function problemText({ problems }: Pick<LoopState, 'problems'>): string | null {
  return problems.length === 0 ? null : problems.map(({ text }) => text).join('; ');
}

/** Which time a trial runs, from 1. */
export function generationOf({ again }: Slot): number {
  return again?.generation ?? 1;
}

/** Id of the workflow of a trial: the trial's own, the first time. */
export function trialWorkflowId(trialId: string, generation: number): string {
  return generation === 1 ? trialId : `${trialId}/g${generation}`;
}
