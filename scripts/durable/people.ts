import { randomUUID } from 'node:crypto';
import { saveAudit } from '../../activities/store/audit.js';
import {
  type CampaignHead,
  findCampaign,
  loadOutline,
  lockCampaign,
  noCampaign,
  reopenCampaign,
} from '../../activities/store/campaign.js';
import type { Query, Store } from '../../activities/store/client.js';
import { isHomeAway } from '../../activities/store/home.js';
import { lastRound, trialSpan } from '../../activities/store/proposal.js';
import { findTrial, loadTrials } from '../../activities/store/record.js';
import { findResolution } from '../../activities/store/resolution.js';
import { type Submission, unsettledSubmission } from '../../activities/store/submission.js';
import { AthanorError } from '../../models/domain/errors.js';
import { type AuditEntry, spentOn, type TrialRecord, timesRun } from '../../models/domain/record.js';
import { isSeenStale, type Seen, seenOf } from '../../models/domain/seen.js';
import { lacksPrimary } from '../../models/domain/standing.js';
import { parseTrialId } from '../../models/domain/trial.js';
import type { Slot } from '../../workflows/loop.js';
import type { BudgetChange, Decided } from '../../workflows/messages.js';
import { valueRules } from '../../workflows/stop-rules.js';
import { againLine } from '../progress.js';
import { inForceOf } from './changes.js';
import { isStopUndone, reasonNow } from './undone-stop.js';
import { changedSince } from './who-was-first.js';

/** A trial as a person wants it done again. */
export interface RetryRequest {
  readonly who: string;
  readonly note?: string;
  /** The person's word that a job of which nobody can tell did not run, or is lost. */
  readonly notStarted?: boolean;
  /** How far the person knows the trial; as it is now where absent. */
  readonly seen?: Seen;
  /** Whether the time before costs nothing; where absent, only a cost that is an estimate is given back by `notStarted`. */
  readonly uncharged?: boolean;
}

/**
 * Gives a stopped campaign a budget to go on with. A stop rule that ended it is lifted, as it would end it again at once; where
 * what people ruled or changed since has undone that, only another is that is met instead. What was decided and measured stays.
 *
 * @throws {AthanorError} WRONG_STATE if it is not stopped, has no design left, or the budget is used up as well
 */
export async function extendCampaign(store: Store, id: string, change: BudgetChange): Promise<true> {
  return store.transaction(async (query) => {
    // Held, so that nobody changes it at the same moment.
    await lockCampaign(query, id);
    await extend(query, id, change);
    return true as const;
  });
}

async function extend(query: Query, id: string, change: BudgetChange): Promise<void> {
  const head = await headOf(query, id);
  if (head.phase !== 'stopped')
    throw wrong(
      `campaign '${id}' is ${head.phase}; only a stopped one is extended, and 'athanor budget' changes this one's`,
    );
  const reason = head.stop?.reason;
  const trials = await loadTrials(query, id);
  const { spec } = await loadOutline(query, id);
  if (reason === 'exhausted') {
    const again = againLine({ spec, stop: head.stop }, trials);
    const help = again === null ? '' : `; ${again}`;
    throw wrong(`campaign '${id}' has stopped: ${head.stop?.text}; a budget does not help${help}`);
  }
  const { who, note, ...given } = change;
  const { inForce: was } = await inForceOf(query, id);
  const budget = { ...was.budget, ...given };
  const spent = costOf(trials);
  const run = trials.filter(({ state }) => state === 'ended').length;
  if (budget.cost !== null && !(budget.cost > spent))
    throw wrong(`campaign '${id}' has spent ${spent}, and its budget is ${budget.cost}; give more by --cost`);
  if (budget.trials !== null && !(budget.trials > run))
    throw wrong(`campaign '${id}' has run ${run} trials, and its budget is ${budget.trials}; give more by --trials`);
  const now = Date.now();
  if (budget.wallClockMs !== null && head.createdAt + budget.wallClockMs <= now)
    throw wrong(
      `campaign '${id}' was started ${Math.ceil((now - head.createdAt) / 3_600_000)} h ago, and its wall clock counts from then; give more by --wall-clock, or none`,
    );
  const holds = await reasonNow(query, id);
  const lifted = valueRules.filter((rule) => rule === holds || was.lifted.includes(rule));
  const is = { ...was, budget, lifted };
  await reopenCampaign(query, id, { budget, loop: { parallel: was.parallel, lifted } });
  const told = { sinceRound: (await lastRound(query, id)) + 1, was, is };
  const details = { ...given, ended: reason, lifted, ...told, ...(note === undefined ? {} : { note }) };
  await saveAudit(query, { campaignId: id, requestId: randomUUID(), who, action: 'extend', details, at: now });
}

/**
 * Checks that a trial may be done again: it gave no value, says nothing about the design, and its job is over or a person
 * gives their word.
 *
 * @returns what the campaign is to run, or null if its job lies in a home that is away, which must be given up first
 * @throws {AthanorError} NOT_FOUND or WRONG_STATE that says why not, and what can be done
 */
export async function retrySlot(query: Query, trialId: string, request: RetryRequest): Promise<Slot | null> {
  const trial = await knownTrial(query, trialId);
  const generation = timesRun(trial);
  if (request.seen !== undefined && isSeenStale(request.seen, seenOf(trial)))
    throw wrong(`trial '${trialId}' is not done again: ${await changedSince(query, trialId)}`);
  const line = await unsettledSubmission(query, trialId, generation);
  const { observation, state } = trial;
  if (state === 'running' && observation === null) {
    if (line === null || line.home === null || !(await isHomeAway(query, line.home)))
      throw wrong(`trial '${trialId}' is in flight; only one that has ended, or whose home is away, can be done again`);
    mustBeSure(trialId, line, request);
    return null;
  }
  if (observation === null) throw wrong(`trial '${trialId}' is ${state}: it never ran`);
  const { outcome, cause } = observation;
  const { spec } = await loadOutline(query, parseTrialId(trialId).campaignId);
  if (outcome === 'measured' && !lacksPrimary(spec, observation))
    throw wrong(`trial '${trialId}' was measured, and what was measured stays`);
  if (cause?.class === 'chemistry')
    throw wrong(
      `trial '${trialId}' failed as chemistry (${cause.code}); that is a finding about its design, and stays`,
    );
  const resolved = (await findResolution(query, { trialId, generation })) !== null;
  if (line !== null && !resolved) mustBeSure(trialId, line, request);
  const { estimatedCost: cost, fidelity } = trial.proposal;
  const isEstimate = request.notStarted === true && observation.details.costIsEstimate === true;
  const back = request.uncharged === true || isEstimate ? observation.cost : 0;
  const uncharged = back === 0 ? {} : { uncharged: back };
  const again = {
    generation: generation + 1,
    was: outcome,
    ...uncharged,
    ...(resolved ? { goesOn: true as const } : {}),
  };
  return { id: trialId, cost, fidelity, again };
}

/**
 * Lets a stopped campaign go on with a trial that is done again, under the budget that it had; what is left of the space and the
 * budget, it goes on with too. Nothing happens to a campaign that has not stopped.
 *
 * @throws {AthanorError} WRONG_STATE if the budget does not pay for it, naming the command that gives more
 */
export async function reopenForRetry(store: Store, slot: Slot, { who, note }: RetryRequest): Promise<boolean> {
  const { campaignId: id } = parseTrialId(slot.id);
  const head = await headOf(store.query, id);
  if (head.phase !== 'stopped') return false;
  const spent = costOf(await loadTrials(store.query, id));
  const { budget } = (await inForceOf(store.query, id)).inForce;
  const { uncharged = 0 } = slot.again ?? {};
  if (budget.cost !== null && spent - uncharged + slot.cost > budget.cost * (1 + 1e-9))
    throw wrong(
      `trial '${slot.id}' is expected to cost ${slot.cost}, and campaign '${id}' has spent ${spent} of ${budget.cost}; ` +
        `give more first: athanor extend ${id} --cost ${spent - uncharged + slot.cost}, then retry it again`,
    );
  const details = { slot, ended: head.stop?.reason, ...(note === undefined ? {} : { note }) };
  return reopen(store, id, { who, action: 'retry', details });
}

/**
 * Lets a stopped campaign go on, as it was, whose stop is undone by what people ruled or changed since: see `isStopUndone`. Nothing happens
 * to any other.
 */
export async function reopenUndone(store: Store, id: string, { who, note }: Decided): Promise<boolean> {
  const head = await headOf(store.query, id);
  if (head.phase !== 'stopped' || !(await isStopUndone(store.query, id))) return false;
  const details = { ended: head.stop?.reason, ...(note === undefined ? {} : { note }) };
  return reopen(store, id, { who, action: 'resume', details });
}

async function reopen(
  store: Store,
  id: string,
  decided: Pick<AuditEntry, 'who' | 'action' | 'details'>,
): Promise<boolean> {
  return store.transaction(async (query) => {
    await lockCampaign(query, id);
    const { budget, parallel, lifted } = (await inForceOf(query, id)).inForce;
    if (!(await reopenCampaign(query, id, { budget, loop: { parallel, lifted: [...lifted] } }))) return false;
    await saveAudit(query, { campaignId: id, requestId: randomUUID(), at: Date.now(), ...decided });
    return true;
  });
}

/**
 * A trial of a campaign.
 * @throws {AthanorError} NOT_FOUND with those that there are
 */
export async function knownTrial(query: Query, trialId: string): Promise<TrialRecord> {
  const { campaignId } = parseTrialId(trialId);
  await headOf(query, campaignId);
  const trial = await findTrial(query, trialId);
  if (trial !== null) return trial;
  const { count, first, last } = await trialSpan(query, campaignId);
  const known = count === 0 ? 'it has none yet' : `it has ${count}, ${first} to ${last}`;
  throw new AthanorError('NOT_FOUND', `campaign '${campaignId}' has no trial '${trialId}'; ${known}`);
}

function mustBeSure(trialId: string, line: Submission, { notStarted }: RetryRequest): void {
  if (notStarted === true) return;
  throw wrong(
    `the job of trial '${trialId}' was submitted (${line.adapter}${line.job === null ? '' : `, ${line.job}`}), and nobody can tell what became of it. ` +
      'If you know that it did not run, or that it is lost, say so with --not-started',
  );
}

async function headOf(query: Query, id: string): Promise<CampaignHead> {
  const head = await findCampaign(query, id);
  if (head === null) throw await noCampaign(query, id);
  return head;
}

function costOf(trials: readonly TrialRecord[]): number {
  return trials.reduce((sum, trial) => sum + spentOn(trial), 0);
}

function wrong(message: string): AthanorError {
  return new AthanorError('WRONG_STATE', message);
}
