import type { AdapterRegistry } from '../../lab-adapters/registry.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { type LoadOptions, loadCampaign } from '../campaign-file.js';
import { registryFor } from '../campaign-registry.js';

/** A campaign with the adapters it may name. */
export interface OpenedCampaign {
  readonly campaign: Campaign;
  readonly registry: AdapterRegistry;
}

/**
 * Reads a campaign file or data-set folder, with the adapters that it brings.
 * @throws {InvalidInputError} with every fault
 */
export async function openCampaign(file: string, options: LoadOptions = {}): Promise<OpenedCampaign> {
  const campaign = await loadCampaign(file, options);
  return { campaign, registry: await registryFor(campaign.spec) };
}
