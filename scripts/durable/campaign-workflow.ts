import type { Client } from '@temporalio/client';
import { listAudit } from '../../activities/store/audit.js';
import { type CampaignOutline, findCampaign } from '../../activities/store/campaign.js';
import type { Query } from '../../activities/store/client.js';
import { lastRound } from '../../activities/store/proposal.js';
import { loadTrials } from '../../activities/store/record.js';
import { durationMs } from '../../models/domain/duration.js';
import type { CampaignInput } from '../../workflows/campaign-input.js';
import { loopSettings } from '../loop-settings.js';
import { restoredInput } from './restored-state.js';

/** Queue of the campaigns unless another is asked for. */
export const defaultTaskQueue = 'athanor';

/** What the workflow of a new campaign is started with. */
export function campaignInput(campaign: CampaignOutline): CampaignInput {
  const { spec } = campaign;
  return {
    campaignId: campaign.id,
    settings: loopSettings(spec),
    wallClockMs: spec.budget.wallClock === undefined ? null : durationMs(spec.budget.wallClock),
  };
}

/**
 * Starts the workflow of a campaign whose row is in the store; one that runs is left alone. A campaign with a past, whose
 * workflow was lost or had ended, goes on where the store says it was, with what people decided in force.
 */
export async function startCampaignWorkflow(
  client: Client,
  taskQueue: string,
  query: Query,
  campaign: CampaignOutline,
  historyLimit?: number,
): Promise<void> {
  const [head, round, audit] = await Promise.all([
    findCampaign(query, campaign.id),
    lastRound(query, campaign.id),
    listAudit(query, campaign.id),
  ]);
  const isNew = round === 0 && audit.length === 0;
  const input = isNew
    ? campaignInput(campaign)
    : restoredInput({ head: head!, campaign, round, audit, trials: await loadTrials(query, campaign.id) });
  await client.workflow.start('campaignWorkflow', {
    workflowId: campaign.id,
    taskQueue,
    args: [historyLimit === undefined ? input : { ...input, historyLimit }],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  });
}
