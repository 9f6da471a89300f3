import type { CampaignHead, CampaignOutline } from '../../activities/store/campaign.js';
import type { ChainReport, EventFilter, StoreEvent } from '../../activities/store/event.js';
import type { AwayHome } from '../../activities/store/home.js';
import type { Inbox } from '../../activities/store/inbox.js';
import type { ModelFiles } from '../../activities/store/model.js';
import type { DestinationHealth } from '../../activities/store/notice.js';
import type { TrialPage } from '../../activities/store/record.js';
import type { Campaign } from '../../models/domain/campaign.js';
import type { Changed } from '../../models/domain/change.js';
import type { CampaignRecord, TrialRecord } from '../../models/domain/record.js';
import type { Judgement } from '../../models/domain/ruling.js';
import type { Seen } from '../../models/domain/seen.js';
import type { ModelBundle } from '../../models/pretrained/bundle.js';
import type * as messages from '../../workflows/messages.js';
import type { AlarmControl } from './alarm-control.js';
import type { ChangeRequest, InForceOf } from './changes.js';
import type { CampaignReport } from './course.js';
import type { GivenResult } from './entered-values.js';
import type { LabControl } from './lab-control.js';
import type { GivenDesign } from './own-designs.js';
import type { RetryRequest } from './people.js';
import type { Said } from './resolve.js';
import type { Shortage } from './short-stock.js';
import type { Stillness } from './stillness.js';
import type { WaitOptions } from './wait-for.js';

/** Everything that waits for a person, and what of labs stands still, of campaigns that have stopped too. */
export interface FullInbox extends Inbox {
  readonly obstacles: Stillness['obstacles'];
}

/** What `start` found. */
export interface Started {
  /** `started` now, `attached` to one that runs already, or `stopped` long since. */
  readonly outcome: 'started' | 'attached' | 'stopped';
}

/** How a campaign is started. */
export interface StartOptions {
  readonly historyLimit?: number;
  readonly models?: readonly (ModelBundle | ModelFiles)[];
}

/** All that people can do with campaigns; the CLI and the dashboard go through here. */
export interface Control {
  /**
   * Starts a campaign. The same campaign started again is attached to, and repaired where a start had been cut short.
   * @param options.historyLimit - history events after which the workflow continues as new; for tests
   * @param options.models - that it needs to fine-tune its encoders; kept in the store for every worker
   * @throws {AthanorError} CONFLICT if another campaign has its id
   */
  start(campaign: Campaign, options?: StartOptions): Promise<Started>;
  /** All campaigns, newest first. */
  list(): Promise<readonly CampaignHead[]>;
  /** @throws {AthanorError} NOT_FOUND */
  status(id: string): Promise<CampaignReport>;
  /** Everything that is stored of a campaign. @throws {AthanorError} NOT_FOUND */
  record(id: string): Promise<CampaignRecord>;
  /** What is to be done, without the rows of its pool. @throws {AthanorError} NOT_FOUND */
  outline(id: string): Promise<CampaignOutline>;
  /** All trials in the order of their ids; for who has the campaign, a fraction of what `record` reads. */
  trials(id: string): Promise<readonly TrialRecord[]>;
  /** Some of them, of which no others are read, and whether there are more after these. @throws {AthanorError} NOT_FOUND */
  trialPage(
    id: string,
    page: TrialPage,
  ): Promise<{ readonly trials: readonly TrialRecord[]; readonly hasMore: boolean }>;
  /** A trial, of which no others are read. @throws {AthanorError} NOT_FOUND with those that there are */
  trial(trialId: string): Promise<TrialRecord>;
  /** The bytes of a raw output, piece by piece. @throws {AthanorError} ARTEFACT if there are none, or they are damaged */
  raw(sha256: string): AsyncIterable<Uint8Array>;
  /** How many bytes it has; null where the store has none. */
  rawSize(sha256: string): Promise<number | null>;
  /** No new trials until resumed. @throws {AthanorError} NOT_FOUND or WRONG_STATE; so do those below */
  pause(id: string, decided: messages.Decided): Promise<messages.CampaignStatus>;
  /** Goes on after a pause or a problem, or where what people ruled or changed has undone the stop. */
  resume(id: string, decided: messages.Decided): Promise<messages.CampaignStatus>;
  /**
   * Keeps a model in the store for every worker and home; what is there already is not sent again.
   * @returns whether it was not there before
   * @throws {AthanorError} CONFLICT if the store has another of that name; DAMAGED if a file is not what the manifest says
   */
  keepModel(model: ModelBundle | ModelFiles): Promise<boolean>;
  /** Whether the store has a model of that identity. */
  hasModel(identity: string): Promise<boolean>;
  /**
   * Begins to fine-tune an encoder on what the campaign measured; what comes of it is in the record.
   * @param models - that are needed for that; kept in the store for every worker
   */
  finetune(
    id: string,
    asked: messages.FineTune,
    models: readonly (ModelBundle | ModelFiles)[],
  ): Promise<messages.CampaignStatus>;
  /** Has a version of an encoder be used that was in use before. */
  useVersion(id: string, wanted: messages.UseVersion): Promise<messages.CampaignStatus>;
  /** Stops when the trials in flight have ended. */
  drain(id: string, decided: messages.Decided): Promise<messages.CampaignStatus>;
  /** Cancels the trials in flight and stops. */
  abort(id: string, decided: messages.Decided): Promise<messages.CampaignStatus>;
  changeBudget(id: string, change: messages.BudgetChange): Promise<messages.CampaignStatus>;
  changeParallel(id: string, change: messages.ParallelChange): Promise<messages.CampaignStatus>;
  /**
   * Changes parallelism, budget and stop rules, also of a campaign that has stopped, which goes on no more for that.
   * @throws {AthanorError} WRONG_STATE that says who was first
   */
  change(id: string, request: ChangeRequest): Promise<Changed>;
  /** What of a campaign people may change, as it is in force, and what they changed. @throws {AthanorError} NOT_FOUND */
  inForce(id: string): Promise<InForceOf>;
  /** Lets a stopped campaign go on with another budget. */
  extend(id: string, change: messages.BudgetChange): Promise<CampaignReport>;
  /** Does a trial again that gave no value; one whose home is away is given up first. */
  retry(trialId: string, request: RetryRequest): Promise<messages.CampaignStatus>;
  /**
   * Says what became of a job of which nobody can tell, also of a campaign that has stopped: the trial goes on with it, is done
   * again, or has failed. @throws {AthanorError} WRONG_STATE that says who was first
   */
  resolve(trialId: string, said: Said): Promise<TrialRecord>;
  /**
   * Rules on what a trial gave, also of a campaign that has stopped.
   * @param seen - how far its author knows the trial: refused with who was first where there is more to be seen by now
   * @returns the trial, with what counts of it now
   */
  rule(trialId: string, judgement: Judgement, seen?: Seen): Promise<TrialRecord>;
  /** Everything that waits for a person, over all campaigns that have not stopped, or of one. @throws {AthanorError} NOT_FOUND */
  inbox(id?: string | null): Promise<FullInbox>;
  /** What of labs stands still, and which trials of all campaigns wait for a slot. */
  stillness(): Promise<Stillness>;
  /** Lets a proposal begin that waits for approval; who comes second is told who was first. */
  approve(trialId: string, decided: messages.Decided): Promise<messages.CampaignStatus>;
  /**
   * Puts a person's own design in the place of a proposal that has not begun; that is kept beside it.
   * @returns its trial, with what the surrogates of that round expect of it
   * @throws {InvalidInputError} with everything that is wrong with the design
   */
  edit(trialId: string, given: GivenDesign): Promise<TrialRecord>;
  /**
   * Of which stock less is left than a person's own design takes, before it is put anywhere.
   * @param place - the campaign to which it is added, or the trial whose place it takes
   */
  shortages(
    place: { readonly add: string } | { readonly edit: string },
    given: GivenDesign,
  ): Promise<readonly Shortage[]>;
  /** Puts a person's own design beside what is proposed. @returns its trial, with what the surrogates expect of it */
  add(id: string, given: GivenDesign): Promise<TrialRecord>;
  /**
   * Stores what a person measured, or did as a step of a trial, where that is waited for.
   * @throws {InvalidInputError} with everything that is wrong with it
   */
  enter(trialId: string, given: GivenResult): Promise<TrialRecord>;
  /** Takes a proposal back that has not begun. */
  reject(trialId: string, decided: messages.Decided): Promise<messages.CampaignStatus>;
  /** Whether what a stopped campaign stopped for holds no more, by what people ruled or changed since; then `resume` lets it go on. */
  isStopUndone(id: string): Promise<boolean>;
  /** Homes that trials in flight wait for, of all campaigns. */
  away(): Promise<readonly AwayHome[]>;
  /** How the destinations go by which people are told. */
  destinations(): Promise<readonly DestinationHealth[]>;
  /** The log of all that happened; what was just written is sealed before it is read. */
  readonly events: {
    list(filter: EventFilter): Promise<readonly StoreEvent[]>;
    /** The last ones, oldest first. */
    last(filter: Omit<EventFilter, 'after'>): Promise<readonly StoreEvent[]>;
    /** Computes all seals again. */
    verify(): Promise<ChainReport>;
    /** The number of the event with a seal; null where none has it. */
    sealed(seal: string): Promise<number | null>;
  };
  /** What a person has to do something about. */
  readonly alarms: AlarmControl;
  /** Instruments that campaigns share. */
  readonly labs: LabControl;
  /**
   * Waits for the end of a campaign.
   *
   * Where a server is away it goes on asking.
   *
   * @param onChange - told the figures now and whenever they change
   * @param options.onTrouble - told once that a server is away, and null when it is back
   * @param options.signal - ends the waiting, not the campaign
   * @throws {AthanorError} WRONG_STATE if its workflow was ended by force
   */
  waitUntilStopped(
    id: string,
    onChange?: (report: CampaignReport) => void,
    options?: WaitOptions,
  ): Promise<CampaignReport>;
  /** Waits, for a while, until the workflow of a campaign that has stopped has closed as well, for which it needs a worker. */
  hasClosed(id: string): Promise<boolean>;
  close(): Promise<void>;
}
