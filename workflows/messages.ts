import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Entry } from '../activities/by-person.js';
import type { Change } from '../models/domain/change.js';
import type { CodesVersion } from '../models/domain/codes-version.js';
import type { Judgement } from '../models/domain/ruling.js';
import type { TuneOrder } from '../models/domain/tuning.js';
import type { LoopState, Slot } from './loop.js';

/** Who decides, and what for. */
export interface Decided {
  readonly who: string;
  readonly note?: string;
}

/** A new budget; what is not named stays as it is, null means unlimited. */
export interface BudgetChange extends Decided {
  /** In the unit of the fidelities' costs; not below what is spent and committed. */
  readonly cost?: number | null;
  /** Not below the number of trials started. */
  readonly trials?: number | null;
  /** Milliseconds since the start of the campaign. */
  readonly wallClockMs?: number | null;
}

/** The state of a campaign as the query gives it. */
export interface CampaignStatus extends LoopState {
  /** Milliseconds since 1970 at which the campaign started. */
  readonly startedAt: number;
  readonly wallClockMs: number | null;
  /** Why no proposal can be made, until a person resumes; null if all is well. */
  readonly problem: string | null;
  /** Runs of the workflow so far: 1 + the times it was continued as new. */
  readonly runs: number;
}

/** How many trials run at a time from now on. */
export interface ParallelChange extends Decided {
  readonly parallel: number;
}

/** Another parallelism, budget or stop rules. */
export interface ChangeOf extends Decided, Change {
  readonly note: string;
  /** How many changes of the campaign its author knew; absent where that was not told. */
  readonly after?: number;
}

/** A trial to be done again. */
export interface Retry extends Decided {
  readonly slot: Slot;
}

/** What a person holds of what a trial gave; who and why stand with the decision. */
export interface Rule extends Decided, Omit<Judgement, 'who' | 'why'> {
  readonly note: string;
  readonly trialId: string;
  readonly generation: number;
  /** How many rulings on that generation its author knew; absent from versions that did not tell. */
  readonly after?: number;
}

/** A proposal that has not started. */
export interface OfTrial extends Decided {
  readonly trialId: string;
}

/** A design of a person's own, checked against the space by who sends it. */
export interface OwnDesign extends Decided {
  readonly note: string;
  readonly design: Readonly<Record<string, number | string>>;
  /** Null outside pools. */
  readonly rowId: string | null;
  readonly fidelity: string;
  /** Expected cost, as far as it is known. */
  readonly cost: number;
}

/** A design in the place of a proposal that has not started. */
export interface Edit extends OwnDesign {
  readonly trialId: string;
}

/** What a trial gave that waits for a person, checked by who sends it. */
export interface Enter extends Decided, Omit<Entry, 'campaignId' | 'who' | 'why' | 'requestId' | 'at'> {}

/** An encoder to be fine-tuned on what the campaign knows. */
export interface FineTune extends Decided, Pick<TuneOrder, 'at' | 'folds' | 'settings'> {}

/** A version of an encoder that the campaign has used before, or null for the one that it began with. */
export interface UseVersion extends Decided {
  readonly note: string;
  readonly at: number;
  readonly version: CodesVersion | null;
}

/** A fine-tuning is over; sent by its workflow. What came of it is read from the store. */
export const tuningEnded = defineSignal<[{ readonly n: number }]>('tuningEnded');

/** A trial is over; sent by its workflow. How it ended is read from the store: whoever reaches the server can signal. */
export const trialEnded = defineSignal<[{ readonly id: string; readonly generation: number }]>('trialEnded');

/** To a trial's workflow: a person no longer waits for the home in which its job lies. */
export const giveUp = defineSignal<[{ readonly who: string }]>('giveUp');

/** To a trial's workflow: what came of a step that a person does is in the store. May come again. */
export const stepEntered = defineSignal<[{ readonly key: string }]>('stepEntered');

/** No new trials until resumed; those in flight go on. */
export const pause = defineUpdate<CampaignStatus, [Decided]>('pause');
/** Goes on after a pause, or tries again after a problem. */
export const resume = defineUpdate<CampaignStatus, [Decided]>('resume');
/** No new trials; the campaign stops when those in flight have ended. */
export const drain = defineUpdate<CampaignStatus, [Decided]>('drain');
/** No new trials; those in flight are cancelled. */
export const abort = defineUpdate<CampaignStatus, [Decided]>('abort');
/** Changes the budget of a campaign that still runs. */
export const changeBudget = defineUpdate<CampaignStatus, [BudgetChange]>('changeBudget');

/** Changes parallelism, budget and stop rules, several at once. */
export const change = defineUpdate<CampaignStatus, [ChangeOf]>('change');
/** Changes how many trials run at a time. */
export const changeParallel = defineUpdate<CampaignStatus, [ParallelChange]>('changeParallel');
/** Does a trial again that ended without a value. */
export const retry = defineUpdate<CampaignStatus, [Retry]>('retry');
/** Rules on a trial that has ended, from the next round on. */
export const rule = defineUpdate<CampaignStatus, [Rule]>('rule');

/** Begins to fine-tune an encoder; what comes of it is in the record. */
export const finetune = defineUpdate<CampaignStatus, [FineTune]>('finetune');
/** Has another version of an encoder be in use from the next round on. */
export const useVersion = defineUpdate<CampaignStatus, [UseVersion]>('useVersion');

/** Lets a proposal begin that waits for approval. */
export const approve = defineUpdate<CampaignStatus, [OfTrial]>('approve');
/** Takes a proposal back that has not started. */
export const reject = defineUpdate<CampaignStatus, [OfTrial]>('reject');

/** Puts a person's own design in the place of a proposal that has not started. */
export const edit = defineUpdate<CampaignStatus, [Edit]>('edit');
/** Puts a person's own design beside what is proposed. */
export const add = defineUpdate<CampaignStatus, [OwnDesign]>('add');

/** Stores what a person says that a trial gave. */
export const enter = defineUpdate<CampaignStatus, [Enter]>('enter');

/** The campaign's state now. */
export const status = defineQuery<CampaignStatus>('status');
