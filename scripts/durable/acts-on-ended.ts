import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Store } from '../../activities/store/client.js';
import { generationOf } from '../../activities/store/trial.js';
import { AthanorError } from '../../models/domain/errors.js';
import type { TrialRecord } from '../../models/domain/record.js';
import type { Judgement } from '../../models/domain/ruling.js';
import type { Seen } from '../../models/domain/seen.js';
import { parseTrialId } from '../../models/domain/trial.js';
import { trialWorkflowId } from '../../workflows/loop.js';
import type * as messages from '../../workflows/messages.js';
import { whenHeard } from './course.js';
import { knownTrial, type RetryRequest, reopenForRetry, retrySlot } from './people.js';
import { type Said, writeResolution } from './resolve.js';
import { ruleOnStopped, rulingOn } from './rulings.js';
import { standingRetry, withFirst } from './who-was-first.js';

/** How long a trial that was given up may take to end, milliseconds. */
const givenUpMs = 15_000;

/** What is done with a campaign for a person's act on a trial. */
interface Course {
  /** Reopens a campaign that has stopped and starts its workflow anew; gives what reopening it gave. */
  goOn(id: string, reopen: () => Promise<boolean>): Promise<boolean>;
  statusOf(id: string): Promise<messages.CampaignStatus>;
  /** Sends a decision, once however often the same person says the same. */
  once<Change extends messages.Decided>(
    name: 'retry' | 'rule',
    id: string,
    change: Change,
  ): Promise<messages.CampaignStatus>;
}

/** What people do about trials that have ended, also of campaigns that have stopped. */
export interface ActsOnEnded {
  retry(trialId: string, request: RetryRequest): Promise<messages.CampaignStatus>;
  rule(trialId: string, judgement: Judgement, seen?: Seen): Promise<TrialRecord>;
  resolve(trialId: string, said: Said): Promise<TrialRecord>;
}

/** Those acts, on these servers. */
export function actsOnEnded(store: Store, client: Client, { goOn, statusOf, once }: Course): ActsOnEnded {
  const retry = async (trialId: string, request: RetryRequest) => {
    const first = await standingRetry(store.query, await knownTrial(store.query, trialId));
    // Said again, as when nobody had confirmed it in time.
    if (first?.who === request.who && first.details.note === request.note)
      return statusOf(parseTrialId(trialId).campaignId);
    return orderRetry(trialId, request).catch(async (error: unknown) => {
      throw withFirst(error, first ?? (await standingRetry(store.query, await knownTrial(store.query, trialId))));
    });
  };

  const orderRetry = async (trialId: string, request: RetryRequest) => {
    const { notStarted: _, uncharged: __, seen: ___, ...decided } = request;
    let slot = await retrySlot(store.query, trialId, request);
    if (slot === null) {
      const generation = await generationOf(store.query, trialId);
      await client.workflow.getHandle(trialWorkflowId(trialId, generation)).signal('giveUp', { who: decided.who });
      for (const end = Date.now() + givenUpMs; slot === null && Date.now() < end; await delay(200))
        slot = await retrySlot(store.query, trialId, request);
    }
    if (slot === null)
      throw new AthanorError(
        'SERVICE_UNAVAILABLE',
        `no worker ended '${trialId}' yet; it is given up when a worker runs: athanor worker; then retry it again`,
      );
    const { campaignId } = parseTrialId(trialId);
    const again = slot;
    const isReopened = () => goOn(campaignId, () => reopenForRetry(store, again, request));
    if (await isReopened()) return statusOf(campaignId);
    await whenHeard(client, campaignId, trialId, slot.again!.generation - 1);
    try {
      return await once('retry', campaignId, { ...decided, slot });
    } catch (error) {
      // It may have stopped a moment ago.
      if (!(await isReopened())) throw error;
      return statusOf(campaignId);
    }
  };

  const rule = async (trialId: string, judgement: Judgement, seen?: Seen) => {
    const ruling = await rulingOn(store.query, trialId, judgement, seen);
    if (!(await ruleOnStopped(store, ruling))) {
      const { campaignId } = parseTrialId(trialId);
      await whenHeard(client, campaignId, trialId, ruling.generation);
      await once('rule', campaignId, ruling);
    }
    return knownTrial(store.query, trialId);
  };

  const resolve = async (trialId: string, said: Said) => {
    const isOver = await store.transaction((query) => writeResolution(query, trialId, said));
    if (isOver) return knownTrial(store.query, trialId);
    const { who, why, verdict, cause } = said;
    if (verdict === 'failed') return rule(trialId, { verdict, values: {}, cause, who, why });
    await retry(trialId, { who, note: why, notStarted: true, uncharged: true });
    return knownTrial(store.query, trialId);
  };

  return { retry, rule, resolve };
}
