import type { JobState } from '../lab-adapters/contract.js';
import type { Fault } from '../models/domain/fault.js';
import type { Cause } from '../models/domain/trial.js';

/**
 * Where a trial stands. `calling` means that the device has for certain not begun the job: the line in the ledger is new, or
 * the device was asked and knows no such key. `finding` means that it may have.
 */
export type TrialStage =
  | 'opening'
  | 'checking'
  | 'noting'
  | 'calling'
  | 'finding'
  | 'placing'
  | 'tracking'
  | 'collecting'
  | 'recording'
  | 'ended';

/** How a trial ends: what is to be stored of it. */
export type TrialEnding =
  /** What the job gave, which has been fetched. */
  | { readonly type: 'result'; readonly state: JobState }
  /** The adapter says beforehand that it cannot run the request. */
  | { readonly type: 'refused'; readonly faults: readonly Fault[] }
  /** A person took it back, and the device has for certain begun nothing. */
  | { readonly type: 'cancelled' }
  /** It cannot be gone on with: a person has to judge. */
  | {
      readonly type: 'quarantined';
      readonly cause: Cause;
      /** Present where the device has for certain begun nothing. */
      readonly unbegun?: true;
    };

/** All that decides what is done next with a trial; plain JSON. */
export interface LifeState {
  readonly stage: TrialStage;
  /** Whether a person has cancelled it. */
  readonly cancelled: boolean;
  /** What the adapter can do; null while it has not been told, and then the host is to see. */
  readonly abilities: TrialAbilities | null;
  /** The device's own name of a job that a person says is this one; null where the job is submitted. */
  readonly adopt: string | null;
  /** The device's name of the job, from `placing` on. */
  readonly job: string | null;
  /** Whether the device was asked to cancel the job. */
  readonly cancelAsked: boolean;
  /** State in which the job ended, in `collecting`. */
  readonly jobState: JobState | null;
  /** Set in `recording`. */
  readonly ending: TrialEnding | null;
  /** Home in which the job lies, or which is said to know; null for any. */
  readonly home: string | null;
  /** Milliseconds to wait before the device is called again; null if nothing is to be waited for. */
  readonly waitMs: number | null;
  /** Calls in a row that did not reach the device. */
  readonly misses: number;
  /** How many of them are borne; null for any number. */
  readonly patience: number | null;
  /** Calls in a row that ended in an error of unknown kind. */
  readonly oddities: number;
}

/** What an adapter can do, as far as the life of a trial depends on it. */
export interface TrialAbilities {
  /** It tells for certain whether it accepted a job under a key. */
  readonly lookup: boolean;
  readonly cancel: boolean;
  /** It takes over a job that only its device knows. */
  readonly adopt?: boolean;
}

/** What the ledger says of a trial's job. */
export interface TrialLine {
  readonly job: string | null;
  /** Home in which the job lies; null where any can ask for it. */
  readonly home: string | null;
  /** The device's own name of a job that is to be taken over; absent or null where it is to be submitted. */
  readonly adopt?: string | null;
}

/** What a host is to do; it answers with one event. */
export type TrialCommand =
  /** Look up how far the trial was brought before: `opened`, `ended` or `elsewhere`. */
  | { readonly type: 'open' }
  /** Ask the adapter whether it can run the request: `checked`. */
  | { readonly type: 'validate' }
  /** Write down that the device is about to be called: `noted`, or `elsewhere`. */
  | { readonly type: 'note' }
  /** Have the device begin the job: `accepted`. */
  | { readonly type: 'submit' }
  /** Have the adapter take over a job that the device has by another name: `accepted`. */
  | { readonly type: 'adopt'; readonly handle: string }
  /** Ask the device for the key: `found`. */
  | { readonly type: 'find' }
  /** Write down which job it is: `kept`. */
  | { readonly type: 'keep'; readonly job: string }
  /** Ask how the job stands: `running` or `over`. */
  | { readonly type: 'look'; readonly job: string }
  /** Ask the device to cancel the job: `cancelAsked`. */
  | { readonly type: 'cancel'; readonly job: string }
  /** Let time pass, but no more once a person has cancelled where `heedsCancel`: `waited`. */
  | { readonly type: 'wait'; readonly ms: number; readonly heedsCancel: boolean }
  /** Let time pass, as the device is out of reach: `waited`. */
  | { readonly type: 'rest'; readonly ms: number }
  /** Fetch what the job gave: `collected`. */
  | { readonly type: 'collect'; readonly job: string; readonly state: JobState }
  /** Store how it ended, and whether the ledger knows what became of the job: `ended`. */
  | { readonly type: 'record'; readonly ending: TrialEnding; readonly ledger: 'ended' | 'unknown' };

/** What happens to a trial. Every call of the device may also end as a `FailedCall`. */
export type TrialEvent =
  /** `line` is what the ledger has: nothing; a line without a job, as the device may have been called; or one with it. */
  | {
      readonly type: 'opened';
      readonly line: TrialLine | null;
      readonly abilities: TrialAbilities;
      /** The device's own name of the job, where a person says that it began already. */
      readonly adopt?: string;
    }
  | { readonly type: 'elsewhere'; readonly home: string }
  | { readonly type: 'checked'; readonly faults: readonly Fault[] }
  /** `fresh` if the line was not there before. */
  | { readonly type: 'noted'; readonly fresh: boolean; readonly line: TrialLine }
  | { readonly type: 'accepted'; readonly job: string }
  | { readonly type: 'found'; readonly job: string | null }
  | { readonly type: 'kept' }
  /** The job is under way, and written down. */
  | { readonly type: 'placed'; readonly job: string; readonly home: string | null }
  | { readonly type: 'running'; readonly waitMs: number }
  | { readonly type: 'over'; readonly state: JobState }
  | { readonly type: 'cancelAsked' }
  | { readonly type: 'waited' }
  | { readonly type: 'collected' }
  | { readonly type: 'ended' }
  | FailedCall
  /** A person cancels the trial. May come at any time; what the host is doing then is answered first. */
  | { readonly type: 'cancel' }
  /** A person no longer waits for the home in which the job lies. */
  | { readonly type: 'givenUp'; readonly who: string };

/** How a call of the device ended that gave no answer. */
export type FailedCall =
  /** The device was not reached, or its answer was lost; `odd` where the error is of unknown kind. */
  | { readonly type: 'missed'; readonly message: string; readonly odd?: true }
  /** It cannot be gone on with: trying again would give the same. */
  | { readonly type: 'broken'; readonly code: string; readonly message: string };

/** A state, and what the host is to do in it; null where it is doing something already, and at the end. */
export interface TrialStep {
  readonly state: LifeState;
  readonly command: TrialCommand | null;
}
