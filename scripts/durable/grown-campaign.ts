import { loadArtefact } from '../../activities/store/artefact.js';
import { loadCampaign } from '../../activities/store/campaign.js';
import type { Query } from '../../activities/store/client.js';
import { lastExtensions } from '../../activities/store/proposal.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { grownSpace } from '../../models/strategy/growth.js';

/** A campaign with what its pool has grown by. */
export async function grownCampaignOf(query: Query, campaignId: string): Promise<Campaign> {
  const campaign = await loadCampaign(query, campaignId);
  const extensions = await lastExtensions(query, campaignId);
  if (extensions.length === 0) return campaign;
  return { ...campaign, space: await grownSpace(campaign.space, extensions, (sha) => loadArtefact(query, sha)) };
}
