import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Campaign } from '../models/domain/campaign.js';
import type { TrialRecord } from '../models/domain/record.js';
import { type Decision, decide } from '../models/strategy/decide.js';

/** A decision asked of the thread; what it was told before is not sent again. */
export interface ThreadRequest {
  /** Campaigns that the thread may forget. */
  readonly forget: readonly string[];
  readonly campaignId: string;
  /** Present when the thread does not know the campaign yet. */
  readonly campaign: Campaign | null;
  /** Trials that are new to the thread or have changed. */
  readonly news: readonly TrialRecord[];
  /** Ids of all trials of the request, in its order. */
  readonly trialIds: readonly string[];
  readonly round: number;
  readonly count: number;
  readonly pending: readonly string[];
  readonly remainingCost: number | null;
}

/** What the thread answers to each request, in the order of the requests. */
export type ThreadAnswer =
  | { readonly decision: Decision }
  | { readonly error: { readonly name: string; readonly code: string | null; readonly message: string } };

/** Mark by which this file knows that it was started as a decision thread and not merely imported. */
export const threadMark = 'athanor-decide';

function serve(port: MessagePort): void {
  const campaigns = new Map<string, { campaign: Campaign; trials: Map<string, TrialRecord> }>();
  port.on('message', async (request: ThreadRequest) => {
    try {
      for (const id of request.forget) campaigns.delete(id);
      if (request.campaign !== null)
        campaigns.set(request.campaignId, { campaign: request.campaign, trials: new Map() });
      const { campaign, trials } = campaigns.get(request.campaignId)!;
      for (const trial of request.news) trials.set(trial.proposal.id, trial);
      const { round, count, pending, remainingCost } = request;
      const known = request.trialIds.map((id) => trials.get(id)!);
      const decision = await decide({ campaign, round, count, pending, remainingCost, trials: known });
      port.postMessage({ decision } satisfies ThreadAnswer);
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
      const answer: ThreadAnswer = { error: { name: error.name, code, message: error.message } };
      port.postMessage(answer);
    }
  });
}

if (parentPort !== null && workerData === threadMark) serve(parentPort);
