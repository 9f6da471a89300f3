import type { Client } from '@temporalio/client';
import type { CampaignOutline } from '../activities/store/campaign.js';
import { durationMs } from '../models/domain/duration.js';
import type { CampaignInput } from '../workflows/campaign-host.js';
import { loopSettings } from './loop-settings.js';

/** Queue of the campaigns unless another is asked for. */
export const defaultTaskQueue = 'athanor';

/** What the workflow of a campaign is started with. */
export function campaignInput(campaign: CampaignOutline, historyLimit?: number): CampaignInput {
  const { spec } = campaign;
  return {
    campaignId: campaign.id,
    settings: loopSettings(spec),
    wallClockMs: spec.budget.wallClock === undefined ? null : durationMs(spec.budget.wallClock),
    ...(historyLimit === undefined ? {} : { historyLimit }),
  };
}

/**
 * Starts the workflow of a campaign whose row is in the store; one that runs is left alone. A campaign whose workflow
 * was lost goes the whole way again, answered from the store as far as it had come, so nothing is done twice.
 */
export async function startCampaignWorkflow(
  client: Client,
  taskQueue: string,
  campaign: CampaignOutline,
  historyLimit?: number,
): Promise<void> {
  await client.workflow.start('campaignWorkflow', {
    workflowId: campaign.id,
    taskQueue,
    args: [campaignInput(campaign, historyLimit)],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  });
}
