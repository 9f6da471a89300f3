import { CancellationScope, getExternalWorkflowHandle, isCancellation } from '@temporalio/workflow';
import type { TuneOrder } from '../models/domain/tuning.js';
import { rootMessage } from './failures.js';
import { tuningEnded } from './messages.js';
import { activities } from './proxies.js';

/** What the workflow of a fine-tuning is started with. */
export interface FineTuneInput extends TuneOrder {
  readonly campaignId: string;
}

/**
 * Fine-tunes an encoder of a campaign: what is learned from is written down, it is trained in chunks, of which the store keeps the
 * state, judged, and kept with the codes of all molecules; then its campaign is told. It ends well whatever becomes of it: what fails is
 * a rejected version, with its reason. Cancelled, as when the campaign ends, nothing is kept of it.
 */
export async function fineTuneWorkflow(input: FineTuneInput): Promise<void> {
  const { campaignId, n } = input;
  const ref = { campaignId, n };
  const call = activities();
  try {
    if (await call.beginTuning(input)) {
      await call.trainTuning(ref);
      await call.keepTuning(ref);
    }
  } catch (error) {
    await CancellationScope.nonCancellable(() =>
      isCancellation(error) ? call.forgetTuning(ref) : call.failTuning({ ...input, reason: rootMessage(error) }),
    );
  }
  await CancellationScope.nonCancellable(() => tell(campaignId, n));
}

async function tell(campaignId: string, n: number): Promise<void> {
  try {
    await getExternalWorkflowHandle(campaignId).signal(tuningEnded, { n });
  } catch {
    // The campaign is gone, or will look into the store.
  }
}
