import path from 'node:path';
import type { CampaignOutline } from '../../activities/store/campaign.js';
import type { Instrument } from '../../lab-adapters/contract.js';
import { instrumentNames } from '../../lab-adapters/instrument.js';
import type { AdapterRegistry } from '../../lab-adapters/registry.js';
import { registryFor as registryOfSpec } from '../campaign-registry.js';
import { systemClock } from '../simulate/clock.js';

/** The adapter types a campaign may name, those of its own modules included. */
export type RegistryFor = (campaign: CampaignOutline) => Promise<Pick<AdapterRegistry, 'create' | 'get'>>;

/** The instruments of all campaigns that this process works for. */
export interface AdapterBench {
  /** The instrument of one fidelity: the same object every time. */
  instrumentFor(campaign: CampaignOutline, fidelity: string): Promise<Instrument>;
  close(): Promise<void>;
}

/**
 * Makes adapters when they are first asked for. Each has a folder of its own for each level of a campaign under the campaign home, where the next
 * process finds its jobs.
 */
export function createAdapterBench(
  home: string,
  log: (message: string) => void,
  registryFor: RegistryFor = (campaign) => registryOfSpec(campaign.spec),
): AdapterBench {
  const instruments = new Map<string, Promise<Instrument>>();
  const make = async (campaign: CampaignOutline, name: string): Promise<Instrument> => {
    const index = campaign.spec.fidelities.findIndex((fidelity) => fidelity.name === name);
    const { adapter: type, settings } = campaign.spec.fidelities[index]!;
    const registry = await registryFor(campaign);
    const adapter = registry.create(type, settings, {
      clock: systemClock,
      folder: path.join(campaignFolder(home, campaign.id), 'adapters', `${index + 1}-${name}`),
      log: (message) => log(`${campaign.id}, ${name}: ${message}`),
    });
    return { ...instrumentNames(registry.get(type), settings), type, adapter };
  };
  return {
    instrumentFor(campaign, fidelity) {
      const key = JSON.stringify([campaign.id, fidelity]);
      const made = instruments.get(key) ?? make(campaign, fidelity);
      instruments.set(key, made);
      made.catch(() => instruments.delete(key));
      return made;
    },
    async close() {
      const made = await Promise.allSettled(instruments.values());
      instruments.clear();
      await Promise.allSettled(made.map((one) => (one.status === 'fulfilled' ? one.value.adapter.close() : undefined)));
    },
  };
}

/** Folder in the campaign home for what belongs to one campaign. */
export function campaignFolder(home: string, campaignId: string): string {
  return path.join(home, 'campaigns', campaignId);
}
