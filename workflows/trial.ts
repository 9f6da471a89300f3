import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  getExternalWorkflowHandle,
  isCancellation,
  log,
} from '@temporalio/workflow';
import type { TrialEnd } from '../activities/trial.js';
import { trialEnded } from './messages.js';
import { activities } from './proxies.js';

/** What a trial workflow is started with; its own id is the trial's. */
export interface TrialInput {
  readonly trialId: string;
  readonly campaignId: string;
}

/**
 * One trial: submit, track to the end, store, and tell the campaign. Cancelled, it settles the job first, so that
 * `cancelled` means that the device said so. It ends well whatever becomes of the trial, and outlives the campaign's
 * run that started it.
 */
export async function trialWorkflow({ trialId, campaignId }: TrialInput): Promise<TrialEnd> {
  const { settle, quarantine } = activities();
  const orQuarantine = async (work: Promise<TrialEnd>): Promise<TrialEnd> => {
    try {
      return await work;
    } catch (error) {
      if (isCancellation(error)) throw error;
      return CancellationScope.nonCancellable(() => quarantine({ trialId, ...reasonOf(error) }));
    }
  };
  let end: TrialEnd;
  try {
    end = await orQuarantine(run(trialId));
  } catch {
    end = await CancellationScope.nonCancellable(() => orQuarantine(settle(trialId)));
  }
  await CancellationScope.nonCancellable(() => tell(campaignId, end));
  return end;
}

async function run(trialId: string): Promise<TrialEnd> {
  const { submit, track } = activities();
  const submitted = await submit(trialId);
  return 'end' in submitted ? submitted.end : track({ trialId, job: submitted.job });
}

/** By workflow id without run id: whichever run of the campaign is the present one hears it. */
async function tell(campaignId: string, end: TrialEnd): Promise<void> {
  try {
    await getExternalWorkflowHandle(campaignId).signal(trialEnded, end);
  } catch (error) {
    // The campaign is over or was terminated. The observation is in the store, where a new start finds it.
    log.warn('the campaign cannot be told of the end of its trial', { campaignId, error: String(error) });
  }
}

function reasonOf(error: unknown): { code: string; message: string } {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const code = cause instanceof ApplicationFailure ? (cause.type ?? 'UNEXPECTED') : 'UNEXPECTED';
  return { code, message: cause instanceof Error ? cause.message : String(cause) };
}
