import path from 'node:path';
import type { CampaignOutline } from '../../activities/store/campaign.js';
import type { Adapter } from '../../lab-adapters/contract.js';
import type { AdapterRegistry } from '../../lab-adapters/registry.js';
import { registryFor as registryOfSpec } from '../campaign-registry.js';
import { systemClock } from '../simulate/clock.js';

/** The adapter types a campaign may name, those of its own modules included. */
export type RegistryFor = (campaign: CampaignOutline) => Promise<Pick<AdapterRegistry, 'create'>>;

/** The adapters of all campaigns that this process works for. */
export interface AdapterBench {
  /** The adapter of one fidelity: the same object every time. */
  adapterFor(campaign: CampaignOutline, fidelity: string): Promise<Adapter>;
  close(): Promise<void>;
}

/**
 * Makes adapters when they are first asked for. Each has a folder of its own under the campaign home, where the next
 * process finds its jobs.
 */
export function createAdapterBench(
  home: string,
  log: (message: string) => void,
  registryFor: RegistryFor = (campaign) => registryOfSpec(campaign.spec),
): AdapterBench {
  const adapters = new Map<string, Promise<Adapter>>();
  const make = async (campaign: CampaignOutline, name: string): Promise<Adapter> => {
    const index = campaign.spec.fidelities.findIndex((fidelity) => fidelity.name === name);
    const { adapter, settings } = campaign.spec.fidelities[index]!;
    const registry = await registryFor(campaign);
    return registry.create(adapter, settings, {
      clock: systemClock,
      folder: path.join(campaignFolder(home, campaign.id), 'adapters', `${index + 1}-${name}`),
      log: (message) => log(`${campaign.id}, ${name}: ${message}`),
    });
  };
  return {
    adapterFor(campaign, fidelity) {
      const key = JSON.stringify([campaign.id, fidelity]);
      const made = adapters.get(key) ?? make(campaign, fidelity);
      adapters.set(key, made);
      made.catch(() => adapters.delete(key));
      return made;
    },
    async close() {
      const made = await Promise.allSettled(adapters.values());
      adapters.clear();
      await Promise.allSettled(made.map((one) => (one.status === 'fulfilled' ? one.value.close() : undefined)));
    },
  };
}

/** Folder in the campaign home for what belongs to one campaign. */
export function campaignFolder(home: string, campaignId: string): string {
  return path.join(home, 'campaigns', campaignId);
}
